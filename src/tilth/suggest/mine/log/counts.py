"""What is counted of a bucket: each text that was typed, and each query that another came after."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.suggester import normal_form
from tilth.suggest.candidates import coded
from tilth.suggest.config import LogConfig
from tilth.suggest.mine.log.deal import NO_TIME, UNKNOWN, Facts
from tilth.suggest.mine.log.searches import DAY_US, Searches, followed, machines, typed_on

TEXT_SUMS = ("users", "continued", "finished", "clicks_known", "successes", "results_known", "zero_results")
TEXT_SCHEMA = pa.schema(
    [("normal", pa.string()), ("text", pa.string())]
    + [(name, pa.int64()) for name in TEXT_SUMS]
    + [("popularity", pa.float64()), ("last_ts", pa.int64())]
)
"""Counts of one text in one bucket. `users` of a query stand with one of its texts; those of other buckets are
others."""
PAIR_SCHEMA = pa.schema(
    [
        ("before", pa.string()),
        ("after", pa.string()),
        ("users", pa.int64()),
        ("mended", pa.int64()),
        ("weight", pa.float64()),
    ]
)
"""Counts of one query after another in one bucket. `mended`: the first led to no click, the second did."""
REMEMBERED = 1_000_000


class Normals:
    """Normal forms of texts; remembers them, up to a bound."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, texts: pa.Array) -> pa.Array:
        """Shape (len(texts),)."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        return pa.array([self._form(text) for text in texts.to_pylist()], pa.string())

    def _form(self, text: str) -> str:
        form = self._known.get(text)
        if form is None:
            form = self._known[text] = normal_form(text)
        return form


@dataclass(frozen=True)
class Counted:
    """Tables of TEXT_SCHEMA and PAIR_SCHEMA."""

    texts: pa.Table
    pairs: pa.Table


def count(table: pa.Table, config: LogConfig, normals: Normals, facts: Facts) -> Counted:
    """Count the searches of a bucket, a table of DEALT_SCHEMA that holds all searches of its people."""
    rows = Searches.of(table)
    continued, unfinished = typed_on(rows, round(config.pause_s * 1e6))
    bots = machines(rows.take(~unfinished), config.max_searches_a_day)
    busy = np.isin(rows.who, bots)
    facts.add("searches", int((~unfinished & ~busy).sum()))
    facts.add("half_typed", int((unfinished & ~busy).sum()))
    facts.add("machines", len(bots))
    facts.add("machine_searches", int(busy.sum()))
    continued, unfinished, rows = continued[~busy], unfinished[~busy], rows.take(~busy)
    code, forms = coded(normals(rows.texts))
    worded = np.array([form != "" for form in forms.to_pylist()], np.bool_)[code][rows.text]
    continued, unfinished, rows = continued[worded], unfinished[worded], rows.take(worded)
    weight = _weights(rows, facts.latest, config.half_life_days)
    texts = _by_text(rows, code, forms, continued, unfinished, weight)
    done = rows.take(~unfinished)
    return Counted(texts, _by_pair(done, code, forms, weight[~unfinished], round(config.session_gap_minutes * 6e7)))


def _weights(rows: Searches, latest: int, half_life_days: float) -> NDArray[np.float64]:
    """Half for each half-life of a search's age at the end of the log; 1 where the time is not known."""
    known = rows.ts != NO_TIME
    age = (latest - np.where(known, rows.ts, latest)) / DAY_US
    return np.exp2(-age / half_life_days)


def _by_text(
    rows: Searches,
    code: NDArray[np.int64],
    forms: pa.Array,
    continued: NDArray[np.bool_],
    unfinished: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> pa.Table:
    size = len(rows.texts)
    finished = ~unfinished

    def total(flag: NDArray[np.bool_], values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        return np.bincount(rows.text[flag], None if values is None else values[flag], size).astype(np.float64)

    once = finished & once_a_day(rows, code)
    last = np.full(size, NO_TIME)
    np.maximum.at(last, rows.text[finished], rows.ts[finished])
    used = np.unique(rows.text)
    form = code[used]
    order = np.argsort(form, kind="stable")
    used, form = used[order], form[order]
    people = np.zeros(len(used), np.int64)
    first = np.flatnonzero(np.diff(form, prepend=-1))
    people[first] = _people(rows.take(finished), code, len(forms))[form[first]]
    sums = {
        "continued": total(continued),
        "finished": total(finished),
        "clicks_known": total(finished & (rows.clicks != UNKNOWN)),
        "successes": total(finished & (rows.clicks > 0)),
        "results_known": total(finished & (rows.results != UNKNOWN)),
        "zero_results": total(finished & (rows.results == 0) & (rows.clicks <= 0)),
        "popularity": total(once, weight),
        "last_ts": last,
    }
    columns = {
        "normal": forms.take(pa.array(form)),
        "text": rows.texts.take(pa.array(used)),
        "users": people,
        **{name: values[used] for name, values in sums.items()},
    }
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in TEXT_SCHEMA]
    return pa.table(arrays, schema=TEXT_SCHEMA)


def once_a_day(rows: Searches, code: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The last search of each person for each query on each day; every one of nobody's. Shape (searches,)."""
    days = np.where(rows.ts == NO_TIME, -1, rows.ts // DAY_US)
    order = np.lexsort((np.arange(len(rows)), days, code[rows.text], rows.who))
    last = np.ones(len(rows), np.bool_)
    same = np.ones(max(len(rows) - 1, 0), np.bool_)
    for column in (rows.who, code[rows.text], days):
        same &= column[order][1:] == column[order][:-1]
    last[:-1] = ~(same & (rows.who[order][:-1] != UNKNOWN))
    out = np.zeros(len(rows), np.bool_)
    out[order] = last
    return out


def _people(rows: Searches, code: NDArray[np.int64], forms: int) -> NDArray[np.int64]:
    """How many people searched for each query, shape (forms,)."""
    known = rows.who != UNKNOWN
    cells = np.unique(rows.who[known] * max(forms, 1) + code[rows.text[known]])
    return np.bincount(cells % max(forms, 1), minlength=forms)


def _by_pair(
    rows: Searches, code: NDArray[np.int64], forms: pa.Array, weight: NDArray[np.float64], gap_us: int
) -> pa.Table:
    """Each query with the next one of its session."""
    normal = code[rows.text]
    at = np.flatnonzero(followed(rows, gap_us))
    at = at[normal[at] != normal[at + 1]]
    width = max(len(forms), 1)
    cells, pair = np.unique(normal[at] * width + normal[at + 1], return_inverse=True)
    persons = np.unique(pair * (rows.who.max(initial=0) + 1) + rows.who[at])
    mended = (rows.clicks[at] == 0) & (rows.clicks[at + 1] > 0)
    columns = [
        forms.take(pa.array(cells // width)),
        forms.take(pa.array(cells % width)),
        np.bincount(persons // (rows.who.max(initial=0) + 1), minlength=len(cells)),
        np.bincount(pair[mended], minlength=len(cells)),
        np.bincount(pair, weight[at + 1], len(cells)),
    ]
    arrays = [pa.array(values).cast(field.type) for values, field in zip(columns, PAIR_SCHEMA, strict=True)]
    return pa.table(arrays, schema=PAIR_SCHEMA)
