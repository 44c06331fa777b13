"""Queries that people or models judged."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from tilth.errors import DataError
from tilth.records import Entities, Judgments


@dataclass(frozen=True)
class Judged:
    """Queries in order, and for each the grades by item. `sources` says who judged."""

    queries: tuple[str, ...]
    grades: tuple[Mapping[str, float], ...]
    sources: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.queries)

    @classmethod
    def of(cls, judgments: Judgments, contexts: Entities) -> "Judged":
        """From judgments whose contexts are queries; several grades of a pair are averaged.

        A query in which no item has a grade above 0 says nothing about an order, and is left out.

        Raises:
            DataError: no query is left.
        """
        table = judgments.table.filter(pc.is_valid(judgments.table["grade"]))
        names = dict(zip(contexts.ids.to_pylist(), contexts.titles(), strict=True))
        mean = table.group_by(["context_id", "item_id"]).aggregate([("grade", "mean")])
        grades = dict[str, dict[str, float]]()
        columns = (mean[name].to_pylist() for name in ("context_id", "item_id", "grade_mean"))
        for context, item, grade in zip(*columns, strict=True):
            grades.setdefault(context, {})[item] = grade
        useful = sorted(context for context, given in grades.items() if max(given.values()) > 0)
        if not useful:
            raise DataError("no query has a judged item with a grade above 0", hint="give judgments of queries")
        queries = tuple(names.get(context) or context for context in useful)
        sources = tuple(sorted(set(table["source"].to_pylist())))
        return cls(queries, tuple(grades[context] for context in useful), sources)
