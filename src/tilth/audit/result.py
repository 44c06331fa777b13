"""What an audit found: measures with their replicates, tables, findings about the data itself, and gaps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tilth.records import Gaps

GROUPS = 32
"""Users (for searches: sessions) are dealt into so many groups by a hash of their id, the same in every audit; a
measure is also worked out without each group in turn, which gives its interval (delete-a-group jackknife)."""


@dataclass(frozen=True)
class Measure:
    """One number. What it means, its unit and formula stand in `tilth.audit.definitions` under `name`.

    `where` is the category or window it is of, "" for the whole. `n` is how many things it is over. `replicates` has
    the value without each of the `GROUPS` groups, shape (GROUPS,), or is empty where nothing was drawn at random (a
    count of the catalog). `exact` is False where a sketch or a sample stands for the whole; `note` then says which.
    """

    name: str
    value: float | None
    n: int
    replicates: tuple[float, ...] = ()
    where: str = ""
    exact: bool = True
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """Something about the data itself that a reader must know, such as events before their items exist.

    `count` of `total` rows; `examples` are a few values, untrusted text. `effect` says what the audit did with them.
    """

    name: str
    table: str
    count: int
    total: int
    text: str
    effect: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """What one part of the audit adds: interactions, fields, search, feedback."""

    measures: tuple[Measure, ...] = ()
    tables: Mapping[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    """By name, with the schemas of `tilth.audit.tables`."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Audit:
    """Everything together. `counts` by what was counted (items, events, users, searches, ...).

    `settings` are those that figures depend on (`[audit]` and what was read), `created_at` is ISO 8601 in UTC.
    """

    counts: Mapping[str, int]
    measures: tuple[Measure, ...]
    tables: Mapping[str, pa.Table]
    findings: tuple[Finding, ...]
    gaps: Gaps
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created_at: str = ""

    def measure(self, name: str, where: str = "") -> Measure | None:
        """The measure of that name and place; None where the audit has none."""
        return next((one for one in self.measures if one.name == name and one.where == where), None)
