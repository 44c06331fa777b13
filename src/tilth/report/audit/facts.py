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
from tilth.report.audit.windows import window_name
from tilth.report.numbers import Measured

SMALL = 0.01
"""A gap with less than this share of the demand is a small one: cheap to fill, but of little use alone."""


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
        """The gap to fill first: of the small ones only where there is no other."""
        found = self.gaps(small=False, limit=1).rows or self.gaps(small=True, limit=1).rows
        return found[0] if found else None

    def examples(self, gap_id: str, limit: int) -> list[str]:
        """The members of a gap with the most demand, by title where the catalog has one."""
        found = take(self.content.members, "gap_members.parquet", where=pc.field("gap_id") == gap_id, limit=limit)
        ids = [str(row["id"]) for row in found.rows]
        items = self.content.tables.get("items")
        if items is None or not ids:
            return ids
        known = take(items.select(["item_id", "title"]), "", where=pc.field("item_id").isin(pa.array(ids)))
        titles = {row["item_id"]: row["title"] for row in known.rows}
        return [titles.get(one) or one for one in ids]

    @cached_property
    def terms(self) -> frozenset[str]:
        """The measures that the glossary explains."""
        return frozenset(term.name for term in self.content.definitions)

    @cached_property
    def windows(self) -> dict[datetime, str]:
        """The names of the time windows by their start, in order."""
        rows = self.rows("windows", by="start", ascending=True, limit=10_000).rows
        return {row["start"]: window_name(row["start"], row["end"]) for row in rows if row["start"] is not None}
