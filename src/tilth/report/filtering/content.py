"""What a report is made from: results that the steps wrote, as plain data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """A pair that the filter dropped or kept. All text is untrusted."""

    context_title: str
    context_text: str
    item_title: str
    item_text: str
    p: float
    dropped: bool
    reasons: tuple[str, ...]
    gold: str | None
    """The gold label in words, where there is one."""


@dataclass(frozen=True)
class CostLine:
    """What one part of the run cost. `cost_usd` is None where the price is unknown."""

    what: str
    calls: int
    cached: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None


@dataclass(frozen=True)
class Content:
    """Everything on the page; a part that was not run is None or empty and is left out of it."""

    title: str
    created_at: str
    version: str
    data: dict[str, int]
    """Counts by what was counted: contexts, items, pairs, gold labels."""
    rejected: dict[str, int]
    """Rows that could not be used, by file."""
    notes: tuple[str, ...]
    """Things the reader must know, such as that the data are synthetic."""
    comparison: dict[str, Any] | None
    """`Comparison.to_json()` of `tilth judge compare`."""
    distilled: dict[str, Any] | None
    """`Summary.to_json()` of `tilth distill`."""
    filtered: dict[str, Any] | None
    """What the filter does to all pairs: n, dropped, dropped_share, seconds."""
    examples: tuple[Example, ...]
    costs: tuple[CostLine, ...]
