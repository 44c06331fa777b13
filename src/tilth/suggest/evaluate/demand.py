"""The searches that are held out: typed to their end, and each person's query once a day."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.suggest.candidates import coded
from tilth.suggest.config import LogConfig
from tilth.suggest.mine.log.counts import Normals, once_a_day
from tilth.suggest.mine.log.deal import UNKNOWN, clean
from tilth.suggest.mine.log.searches import Searches, machines, typed_on


@dataclass(frozen=True)
class Demand:
    """n searches. `texts` as they were typed, in lower case; `forms` their normal forms; `people` (n,): numbers of who
    made them, of nobody's a number for each query; `clicked` (n,): whether anything was, True where it is not known.
    `counts`: what was left out, and why."""

    texts: list[str]
    forms: list[str]
    people: NDArray[np.int64]
    clicked: NDArray[np.bool_]
    counts: dict[str, int]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: NDArray[np.int64]) -> "Demand":
        places = rows.tolist()
        texts, forms = ([column[row] for row in places] for column in (self.texts, self.forms))
        return Demand(texts, forms, self.people[rows], self.clicked[rows], self.counts)


def demand_of(later: pa.Table, config: LogConfig) -> Demand:
    """The complete searches of a table of SEARCH_SCHEMA, by the rules of mining: those that were typed on from, texts
    that mostly are, and those of machines are left out, as they are nobody's demand."""
    rows = Searches.of(clean(later))
    counts = {"searches": len(rows)}
    continued, unfinished = typed_on(rows, round(config.pause_s * 1e6))
    busy = np.isin(rows.who, machines(rows.take(~unfinished), config.max_searches_a_day))
    made = np.bincount(rows.text[~busy & ~unfinished], minlength=len(rows.texts))
    went_on = np.bincount(rows.text[~busy & continued], minlength=len(rows.texts))
    half = (went_on > config.max_continuation * (went_on + made))[rows.text]
    counts["half_typed"] = int((~busy & (unfinished | half)).sum())
    counts["machine_searches"] = int(busy.sum())
    code, forms = coded(Normals()(rows.texts))
    worded = np.array([form != "" for form in forms.to_pylist()], np.bool_)[code][rows.text]
    rows = rows.take(~busy & ~unfinished & ~half & worded)
    rows = rows.take(once_a_day(rows, code))
    counts["kept"] = len(rows)
    normal = code[rows.text]
    people = np.where(rows.who == UNKNOWN, -1 - normal, rows.who)
    texts = rows.texts.take(pa.array(rows.text)).to_pylist()
    return Demand(texts, forms.take(pa.array(normal)).to_pylist(), people, rows.clicks != 0, counts)


def drawn(demand: Demand, most: int, *, seed: int = 0) -> Demand:
    """All searches of people drawn at random, until there are about `most`."""
    if len(demand) <= most:
        return demand
    _, code, made = np.unique(demand.people, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(made))
    taken = order[: int(np.searchsorted(np.cumsum(made[order]), most)) + 1]
    return demand.take(np.flatnonzero(np.isin(code, taken)))
