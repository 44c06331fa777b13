"""What the audit's page is made from: what the audit found, as plain data."""

from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class AuditMeasure:
    """One number with its 95 % interval, None where there is none.

    `unit` is share, count, days, ratio or score; `better` is "lower", "higher" or None. `n` is how many things it is
    over, `where` the category or window it is of, "" for the whole. `exact` is False where a sketch or a sample stands
    for the whole, and `note` says which, or why there is no value.
    """

    name: str
    label: str
    unit: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    better: str | None = None
    where: str = ""
    exact: bool = True
    note: str = ""


@dataclass(frozen=True)
class AuditFinding:
    """Something about the data itself: `count` of the `total` rows of `table`, and the `effect` that it had."""

    name: str
    table: str
    count: int
    total: int
    text: str
    effect: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditTerm:
    """What a measure means, how it is worked out, and where that comes from ("" for common ones)."""

    name: str
    label: str
    meaning: str
    formula: str
    source: str = ""
    better: str | None = None


@dataclass(frozen=True)
class AuditChange:
    """A measure in an earlier audit and in this one; `low` and `high` are the interval of the difference.

    `verdict` is the comparison's own word for it: better, worse, changed, same, no evidence; "" where nobody judged.
    """

    name: str
    label: str
    unit: str
    before: float | None
    after: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None
    better: str | None = None
    where: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class AuditContent:
    """Everything on the page. What was not looked at is empty and is left out; all text is untrusted."""

    title: str
    created_at: str
    version: str
    counts: dict[str, int]
    """By what was counted: items, events, users, searches."""
    measures: tuple[AuditMeasure, ...] = ()
    tables: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    """By name, with the schemas of `tilth.audit.tables`; any may be missing or empty."""
    findings: tuple[AuditFinding, ...] = ()
    gaps: pa.Table | None = None
    """With `tilth.records.GAP_SCHEMA`, the most demand per dollar first."""
    members: pa.Table | None = None
    """What the gaps are made of, with `tilth.records.MEMBER_SCHEMA`."""
    definitions: tuple[AuditTerm, ...] = ()
    notes: tuple[str, ...] = ()
    """Things the reader must know, such as that the data are a sample."""
    groups: int = 32
    """Groups of users behind each interval."""
    changes: tuple[AuditChange, ...] = ()
    """What changed since an earlier audit, and which that was."""
    compared_with: str = ""
