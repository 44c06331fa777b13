"""Queries that people or models judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.records import Entities, Judgments

PEOPLE = "human:"


@dataclass(frozen=True)
class Judged:
    """Queries in order, and for each the grades by item: people's where there are any, else those of whoever judged.

    `sources` says who judged. `others`: for queries that people and somebody else judged, what the others said; this
    measures how far they can be believed. `doubted`: the queries that no person judged.
    """

    queries: tuple[str, ...]
    grades: tuple[Mapping[str, float], ...]
    sources: tuple[str, ...] = ()
    others: Mapping[int, Mapping[str, float]] = field(default_factory=dict[int, Mapping[str, float]])
    doubted: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.queries)

    @property
    def both(self) -> NDArray[np.bool_]:
        """The queries that people and somebody else judged, shape (queries,)."""
        return np.array([place in self.others for place in range(len(self))], dtype=bool)

    @property
    def unchecked(self) -> NDArray[np.bool_]:
        """The queries that no person judged, shape (queries,)."""
        return np.array([place in self.doubted for place in range(len(self))], dtype=bool)

    @classmethod
    def of(cls, judgments: Judgments, contexts: Entities) -> "Judged":
        """From judgments whose contexts are queries; several grades of a pair are averaged, people's and others' apart.

        A query in which no item has a grade above 0 says nothing about an order, and is left out.

        Raises:
            DataError: no query is left.
        """
        table = judgments.table.filter(pc.is_valid(judgments.table["grade"]))
        by_people = pc.starts_with(table["source"], PEOPLE)
        people, others = _grades(table.filter(by_people)), _grades(table.filter(pc.invert(by_people)))
        # Where people found nothing, what others found is no truth either.
        ids = sorted(one for one in {*people, *others} if max(people.get(one, others.get(one, {})).values()) > 0)
        if not ids:
            raise DataError("no query has a judged item with a grade above 0", hint="give judgments of queries")
        names = dict(zip(contexts.ids.to_pylist(), contexts.titles(), strict=True))
        return cls(
            tuple(names.get(one) or one for one in ids),
            tuple(people.get(one) or others[one] for one in ids),
            tuple(sorted(set(table["source"].to_pylist()))),
            {place: others[one] for place, one in enumerate(ids) if one in people and _says(others.get(one))},
            frozenset(place for place, one in enumerate(ids) if one not in people),
        )


def _grades(table: pa.Table) -> dict[str, dict[str, float]]:
    """Mean grades by context and item."""
    mean = table.group_by(["context_id", "item_id"]).aggregate([("grade", "mean")])
    grades = dict[str, dict[str, float]]()
    columns = (mean[name].to_pylist() for name in ("context_id", "item_id", "grade_mean"))
    for context, item, grade in zip(*columns, strict=True):
        grades.setdefault(context, {})[item] = grade
    return grades


def _says(grades: Mapping[str, float] | None) -> bool:
    """Whether an order can be told from them."""
    return grades is not None and max(grades.values()) > 0
