"""A sheet of values for people to look up: drawn at random, as many of each attribute, without what was read."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.enrich.config import AttributeConfig
from tilth.enrich.values import ASKED
from tilth.errors import DataError

SHEET_COLUMNS = ("attribute", "value", "source", "weight", "expects", "title", "text")
"""Behind the column with the id. `value` and `source` are to be filled in."""
NOT_STATED_SHARE = 0.25
"""Of an attribute's values in the sheet, where nothing was read: what they should have held says what is missed."""


@dataclass(frozen=True)
class Drawn:
    """One value to look up; `weight` is how many of its kind (stated or not) it stands for."""

    id: str
    attribute: str
    weight: float


def draw_sheet(attributes: Mapping[str, AttributeConfig], read: pa.Table, n: int, *, seed: int = 0) -> list[Drawn]:
    """`n` values of `read` (of `read_schema`), or all there are: as many of each attribute, a quarter of them where
    nothing was read; drawn without replacement, ordered by entity, so that each text is looked through once.

    Raises:
        DataError: nothing was read.
    """
    rng = np.random.default_rng(seed)
    available = {name: sum(name in names for names in read[ASKED].to_pylist()) for name in attributes}
    shares = _shares(available, n)
    ids, asked = np.array(read["id"].to_pylist(), dtype=object), read[ASKED].to_pylist()
    if not len(ids):
        raise DataError("nothing was read that could be looked up", hint="run `tilth enrich attributes` first")
    drawn: list[Drawn] = []
    for name, share in shares.items():
        was_asked = np.array([name in names for names in asked])
        stated = np.array([value is not None and value != [] for value in read[name].to_pylist()])
        silent = was_asked & ~stated
        from_silent = min(round(share * NOT_STATED_SHARE), int(silent.sum()))
        from_stated = min(share - from_silent, int((was_asked & stated).sum()))
        from_silent = min(share - from_stated, int(silent.sum()))
        for mask, count in ((was_asked & stated, from_stated), (silent, from_silent)):
            drawn += [Drawn(one, name, mask.sum() / count) for one in _some(ids[mask], count, rng)]
    order = {entity: place for place, entity in enumerate(ids.tolist())}
    return sorted(drawn, key=lambda one: order[one.id])


def _shares(available: Mapping[str, int], n: int) -> dict[str, int]:
    """How many of each: as equal as what is available allows."""
    shares = dict.fromkeys(available, 0)
    while n and (open_ones := [name for name in shares if shares[name] < available[name]]):
        each, rest = divmod(n, len(open_ones))
        for place, name in enumerate(open_ones):
            more = min(each + (place < rest), available[name] - shares[name])
            shares[name] += more
            n -= more
    return shares


def expects(attribute: AttributeConfig) -> str:
    """What may stand in the column `value`, for the person who fills it in."""
    match attribute.type:
        case "number":
            return "a number"
        case "boolean":
            return "true or false"
        case "category":
            return f"one of: {', '.join(attribute.values)}"
        case "list":
            return f"some of: {', '.join(attribute.values)}" if attribute.values else "several, with | between them"
        case "text":
            return "a text"


def _some(ids: NDArray[np.object_], count: int, rng: np.random.Generator) -> list[str]:
    return [str(one) for one in rng.choice(ids, count, replace=False)] if count else []
