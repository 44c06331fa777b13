"""What several sections ask of the audit's content, answered in one place."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.report.audit.content import AuditContent, AuditMeasure
from tilth.report.audit.measures import measured_of
from tilth.report.audit.rows import MAX_ROWS, Rows, take
from tilth.report.audit.windows import Window
from tilth.report.numbers import Measured

SMALL = 0.01
"""A gap with less than this share of the demand is a small one: cheap to fill, but of little use alone."""
MEMBERS, EXAMPLES = 10, 3
"""So many members of a gap are looked at for so many different names."""


@dataclass(frozen=True)
class AuditFacts:
    """Readings of the plain data. What was not looked at reads as empty."""

    content: AuditContent

    @cached_property
    def _whole(self) -> dict[str, AuditMeasure]:
        return {one.name: one for one in self.content.measures if not one.where}

    def measure(self, name: str) -> AuditMeasure | None:
        """The measure over the whole, whether it has a value or not."""
        return self._whole.get(name)

    def of(self, name: str) -> Measured:
        """Its number; unknown where there is none."""
        found = self.measure(name)
        return Measured(None) if found is None else measured_of(found)

    def listed(self, *prefixes: str) -> list[AuditMeasure]:
        """Measures over the whole whose names begin so, in the order of the content."""
        return [one for one in self._whole.values() if one.name.startswith(prefixes)]

    def rows(
        self,
        table: str,
        *,
        where: pc.Expression | None = None,
        by: str = "",
        ascending: bool = False,
        limit: int = MAX_ROWS,
    ) -> Rows:
        """The first rows of one of the audit's tables."""
        found = self.content.tables.get(table)
        return take(found, f"{table}.parquet", where=where, by=by, ascending=ascending, limit=limit)

    def gaps(self, *, small: bool, limit: int = MAX_ROWS) -> Rows:
        """The first gaps, the most demand per dollar first: the small ones, or those that are not known to be."""
        is_small = pc.field("demand_share") < SMALL
        where = is_small if small else ~is_small | pc.field("demand_share").is_null()
        return take(self.content.gaps, "gaps.parquet", where=where, limit=limit)

    @cached_property
    def first_gap(self) -> dict[str, Any] | None:
        """The gap to fill first: of the small ones only where there is no other, and of samples likewise."""
        found = [*self.gaps(small=False).rows, *self.gaps(small=True, limit=1).rows]
        return min(found, key=lambda gap: gap["step"] == "judge", default=None)

    def examples(self, gap_id: str) -> list[str]:
        """The members of a gap with the most demand, by title where the catalog has one; the same title once."""
        named = [self.titles.get(one) or one for one in self._members.get(gap_id, ())]
        return list(dict.fromkeys(named))[:EXAMPLES]

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """The first members of each gap on the page."""
        gaps = [*self.gaps(small=False).rows, *self.gaps(small=True).rows]
        return {gap_id: self._first_members(gap_id) for gap in gaps if (gap_id := str(gap["gap_id"]))}

    def _first_members(self, gap_id: str) -> list[str]:
        where = pc.field("gap_id") == gap_id
        return [str(row["id"]) for row in take(self.content.members, "", where=where, limit=MEMBERS).rows]

    @cached_property
    def titles(self) -> dict[str, str]:
        """By id, the titles of the items that are named on the page."""
        ids = {one for members in self._members.values() for one in members}
        for table in ("thin_items", "unreached_items"):
            ids |= {str(row["item_id"]) for row in self.rows(table).rows}
        where = pc.field("item_id").isin(pa.array(sorted(ids), pa.string()))
        found = take(self.content.titles, "", where=where, limit=len(ids)) if ids else Rows()
        return {str(row["item_id"]): str(row["title"]) for row in found.rows if row["title"]}

    def titled(self, found: Rows) -> Rows:
        """Rows of items with their titles, None where the catalog has none."""
        rows = tuple(row | {"title": self.titles.get(str(row["item_id"]))} for row in found.rows)
        return Rows(rows, found.total, found.file)

    @cached_property
    def dated(self) -> bool:
        """Whether most items of the catalog say when they came to be."""
        items = self.content.tables.get("items")
        return items is not None and items.num_rows > 0 and items["created_at"].null_count * 2 < items.num_rows

    @cached_property
    def terms(self) -> frozenset[str]:
        """The measures that the glossary explains."""
        return frozenset(term.name for term in self.content.definitions)

    @cached_property
    def windows(self) -> dict[datetime, Window]:
        """The time windows by their start, in order."""
        rows = self.rows("windows", by="start", ascending=True, limit=10_000).rows
        return {row["start"]: Window(row["start"], row["end"], row["events"]) for row in rows if row["start"]}
