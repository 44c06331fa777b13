"""Gold and judgments as arrays over the same pairs."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.records import Judgments


@dataclass(frozen=True)
class Gold:
    """One grade per pair, P pairs: the mean over the annotators that graded it."""

    contexts: pa.Array
    """Context ids that gold knows."""
    items: pa.Array
    """Item ids that gold knows."""
    keys: NDArray[np.int64]
    """(P,) number of each pair, rising: context number * items + item number."""
    grades: NDArray[np.float64]
    """(P,)"""
    sources: tuple[str, ...]

    @property
    def clusters(self) -> NDArray[np.int64]:
        """(P,) context number of each pair."""
        return self.keys // len(self.items)

    @property
    def is_human(self) -> bool:
        return all(source.startswith("human:") for source in self.sources)

    def rows_of(self, table: pa.Table) -> NDArray[np.int64]:
        """Gold row of each row of `table`, -1 where gold does not know the pair."""
        context, item = (_codes(table[name], ids) for name, ids in self._ids())
        key = np.where((context >= 0) & (item >= 0), context * len(self.items) + item, -1)
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where(self.keys[place] == key, place, -1)

    def _ids(self) -> tuple[tuple[str, pa.Array], tuple[str, pa.Array]]:
        return ("context_id", self.contexts), ("item_id", self.items)


@dataclass(frozen=True)
class Answers:
    """What one source said about gold pairs.

    `rows` (n,) are the gold rows that got a label, `grades` (n,) and `p` (n,) what they got (`p` None unless every
    label has one). `asked` counts the labels and the failures, `table` holds the rows of both.
    """

    source: str
    rows: NDArray[np.int64]
    grades: NDArray[np.float64]
    p: NDArray[np.float64] | None
    asked: int
    outside_gold: int
    table: pa.Table


def align_gold(gold: Judgments) -> Gold:
    """Averages the grades of each pair; rows without a grade are left out.

    Raises:
        DataError: when no row has a grade, one is NaN, or an annotator graded a pair twice.
    """
    table = gold.labelled().table
    if not table.num_rows:
        raise DataError("gold holds no graded pair", hint="gold needs a grade per pair, from people if possible")
    _refuse_duplicates(table, "gold")
    grades = _numbers(table, "grade", "gold")
    contexts, items = (pc.unique(table[name]) for name in ("context_id", "item_id"))
    key = _codes(table["context_id"], contexts) * len(items) + _codes(table["item_id"], items)
    keys, which = np.unique(key, return_inverse=True)
    means = np.bincount(which, grades) / np.bincount(which)
    return Gold(contexts, items, keys, means, tuple(gold.labelled().sources))


def align_answers(gold: Gold, judgments: Judgments) -> list[Answers]:
    """The answers of each source, by name.

    Raises:
        DataError: when no pair is in gold, a source is also a gold source, a grade or p is NaN, or a source has two
            rows for one pair.
    """
    shared = sorted(set(judgments.sources) & set(gold.sources))
    if shared:
        raise DataError(
            f"'{shared[0]}' is a source of gold and of the judgments, so it would be measured against itself",
            column="source",
            hint="leave it out of one of the two",
        )
    _refuse_duplicates(judgments.table, "judgments")
    rows = gold.rows_of(judgments.table)
    if not (rows >= 0).any():
        raise DataError(
            f"none of the {len(judgments):,} judgments is about one of the {len(gold.keys):,} gold pairs",
            hint="compare context_id and item_id of both files: spaces, leading zeros, prefixes",
        )
    source = _codes(judgments.table["source"], pa.array(judgments.sources))
    return [_answers_of(name, judgments.table, rows, source == i) for i, name in enumerate(judgments.sources)]


def _answers_of(source: str, table: pa.Table, rows: NDArray[np.int64], mine: NDArray[np.bool_]) -> Answers:
    asked = np.flatnonzero(mine & (rows >= 0))
    part = table.take(pa.array(asked))
    labelled = pc.is_valid(part["grade"]).to_numpy()
    labels = part.filter(pa.array(labelled))
    has_p = labels.num_rows > 0 and labels["p"].null_count == 0
    return Answers(
        source=source,
        rows=rows[asked][labelled],
        grades=_numbers(labels, "grade", source),
        p=_numbers(labels, "p", source) if has_p else None,
        asked=len(asked),
        outside_gold=int(mine.sum()) - len(asked),
        table=part,
    )


def _codes(values: pa.ChunkedArray, ids: pa.Array) -> NDArray[np.int64]:
    """Place of each value in `ids`, -1 where absent."""
    return np.asarray(pc.fill_null(pc.index_in(values, value_set=ids), -1), dtype=np.int64)


def _numbers(table: pa.Table, column: str, what: str) -> NDArray[np.float64]:
    numbers = np.asarray(table[column].to_numpy(), dtype=np.float64)
    bad = np.flatnonzero(np.isnan(numbers))
    if bad.size:
        pair = table.slice(int(bad[0]), 1).to_pylist()[0]
        raise DataError(
            f"{what} has NaN for pair ({pair['context_id']}, {pair['item_id']})",
            column=column,
            hint="a label that is missing is null, with the reason in column 'error'",
        )
    return numbers


def _refuse_duplicates(table: pa.Table, what: str) -> None:
    counts = table.group_by(["context_id", "item_id", "source"]).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))
    if twice.num_rows:
        first = twice.slice(0, 1).to_pylist()[0]
        raise DataError(
            f"{what}: {twice.num_rows:,} pairs have more than one row of the same source, the first is "
            f"({first['context_id']}, {first['item_id']}) of '{first['source']}'",
            hint="keep one row per pair and source, or give each run a source of its own",
        )
