"""Confidence of what was read, and what stays of it above a least one."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tilth.enrich.config import AttributeConfig
from tilth.enrich.values.columns import agreement_of, claim_of
from tilth.enrich.values.conflict import Unsure
from tilth.enrich.values.parse import value_text


@dataclass(frozen=True)
class Sure:
    """One attribute of all entities that were read, shapes (entities,): the values that stay, and the confidence behind
    each (None where nothing measures it; of a list the least of its elements'). `unsure` are those that do not stay."""

    values: list[Any]
    confidence: list[float | None]
    unsure: tuple[Unsure, ...]


def sure_values(name: str, attribute: AttributeConfig, read: pa.Table, least: float = 0.0, role: str = "item") -> Sure:
    """The values of `read` (of `read_schema`) whose confidence is at least `least`; others become null.

    Confidence is agreement where texts were asked about several times, else what the LLM claimed. With `least` above 0
    a value that neither says anything about does not stay either.
    """
    said = read[name].to_pylist()
    agreement, claimed = read[agreement_of(name)].to_pylist(), read[claim_of(name)].to_pylist()
    if attribute.type == "list":
        return _sure_lists(name, role, read["id"].to_pylist(), said, agreement, claimed, least)
    confidence = [claim if share is None else share for share, claim in zip(agreement, claimed, strict=True)]
    if not least:
        return Sure(said, confidence, ())
    values, unsure = list[Any](), list[Unsure]()
    for entity, value, share in zip(read["id"].to_pylist(), said, confidence, strict=True):
        stays = value is None or (share or 0.0) >= least
        values.append(value if stays else None)
        if not stays:
            unsure.append(Unsure(role, entity, name, value_text(value), share))
    return Sure(values, confidence, tuple(unsure))


def shares_of_elements(elements: list[str], agreement: list[float] | None, claimed: float | None) -> list[float | None]:
    """Confidence of each element of a list: its agreement, else the claim about the whole list."""
    return [claimed] * len(elements) if agreement is None else [*agreement]


def _sure_lists(
    name: str,
    role: str,
    ids: list[str],
    said: list[list[str] | None],
    agreement: list[list[float] | None],
    claimed: list[float | None],
    least: float,
) -> Sure:
    values, confidence, unsure = list[Any](), list[float | None](), list[Unsure]()
    for entity, elements, shares, claim in zip(ids, said, agreement, claimed, strict=True):
        known = shares_of_elements(elements or [], shares, claim)
        pairs = list(zip(elements or [], known, strict=True))
        kept = [(one, share) for one, share in pairs if not least or (share or 0.0) >= least]
        unsure += [Unsure(role, entity, name, one, share) for one, share in pairs if (one, share) not in kept]
        values.append(None if elements is None else [one for one, _ in kept])
        measured = [share for _, share in kept if share is not None]
        confidence.append(min(measured) if measured else None)
    return Sure(values, confidence, tuple(unsure))
