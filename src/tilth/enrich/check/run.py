"""Everything that was read of one side, against gold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.enrich.check.calibrate import Judged, Reliability, reliability
from tilth.enrich.check.gold import GoldValue
from tilth.enrich.check.score import FieldScore, ReadValue, judged_elements, score_field
from tilth.enrich.config import AttributeConfig
from tilth.enrich.values import ASKED, agreement_of, claim_of, same, sure_values
from tilth.enrich.values.sure import shares_of_elements


@dataclass(frozen=True)
class Checked:
    """Scores by source and attribute, and reliability by source and kind of confidence."""

    scores: tuple[FieldScore, ...]
    reliability: tuple[Reliability, ...]
    notes: tuple[str, ...] = ()

    def __add__(self, other: "Checked") -> "Checked":
        return Checked(self.scores + other.scores, self.reliability + other.reliability, self.notes + other.notes)

    def to_json(self) -> dict[str, Any]:
        return {
            "fields": [score.to_json() | {"is_human": score.is_human} for score in self.scores],
            "reliability": [one.to_json() for one in self.reliability],
            "notes": list(self.notes),
        }


def check_values(
    attributes: Mapping[str, AttributeConfig],
    read: pa.Table,
    gold: Iterable[GoldValue],
    *,
    min_confidence: float = 0.0,
    seed: int = 0,
) -> Checked:
    """Measure `read` (of `read_schema`) of one side. Scores are of what stays at `min_confidence`; reliability is of
    all that was read, so that another least confidence can be chosen."""
    scores, judged = list[FieldScore](), dict[tuple[str, str], list[Judged]]()
    grouped: dict[tuple[str, str], list[GoldValue]] = {}
    for value in gold:
        grouped.setdefault((value.source, value.attribute), []).append(value)
    wanted = pa.array(sorted({one.id for some in grouped.values() for one in some}), pa.string())
    read = read.filter(pc.is_in(read["id"], value_set=wanted))
    ids, asked = read["id"].to_pylist(), read[ASKED].to_pylist()
    for (source, name), values in grouped.items():
        attribute = attributes[name]
        kept = sure_values(name, attribute, read, min_confidence).values
        found = {one: ReadValue(value, name in of) for one, value, of in zip(ids, kept, asked, strict=True)}
        scores.append(score_field(attribute, values, found, seed=seed))
        for kind, column in (("agreement", agreement_of(name)), ("claimed", claim_of(name))):
            judged.setdefault((source, kind), []).extend(_judged(name, attribute, read, values, kind, column))
    found_any = [(source, kind, some) for (source, kind), some in judged.items() if some]
    return Checked(tuple(scores), tuple(reliability(kind, source, some, seed=seed) for source, kind, some in found_any))


def _judged(
    name: str, attribute: AttributeConfig, read: pa.Table, gold: Sequence[GoldValue], kind: str, column: str
) -> list[Judged]:
    """Each value of the attribute that was read, has a confidence of this kind, and stands in the gold."""
    known = {value.id: value for value in gold}
    found: list[Judged] = []
    for entity, value, confidence in zip(*(read[c].to_pylist() for c in ("id", name, column)), strict=True):
        if entity not in known or value is None or confidence is None:
            continue
        one = known[entity]
        if attribute.type == "list":
            agreement, claimed = (confidence, None) if kind == "agreement" else (None, confidence)
            shares = shares_of_elements(value, agreement, claimed)
            rights = judged_elements(one.value, value)
            found += [
                Judged(entity, share, right, one.weight)
                for share, right in zip(shares, rights, strict=True)
                if share is not None
            ]
        else:
            right = one.value is not None and same(attribute, one.value, value)
            found.append(Judged(entity, confidence, right, one.weight))
    return found
