"""Comparisons worth making, read off the attributes' types, names and values."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from tilth.artifacts.student.attribute_values import as_levels_text, as_lists, as_numbers
from tilth.artifacts.student.comparisons import MAX_LEVELS
from tilth.artifacts.student.config import Comparison

LADDERS = (
    ("intern", "entry", "junior", "mid", "senior", "lead", "principal"),
    ("low", "medium", "high"),
    ("small", "medium", "large"),
    ("beginner", "intermediate", "advanced", "expert"),
)
_SHARED_VALUES = 0.2
_SHORT_TEXT = 60


@dataclass(frozen=True)
class _Attribute:
    name: str
    kind: Literal["number", "flag", "category", "text", "list"]
    values: frozenset[str]
    low: float = np.nan
    high: float = np.nan


def derive_comparisons(contexts: pa.Table, items: pa.Table) -> tuple[Comparison, ...]:
    """Comparisons for every pair of columns that speak about the same thing.

    Numbers are compared where their ranges overlap, texts and lists where they share values, categories and flags also
    by combination where their names share a word. Flags, numbers and categories also enter alone, to gate the others.
    Pure: the same tables give the same comparisons in the same order.
    """
    left = [_describe(name, contexts[name]) for name in contexts.column_names]
    right = [_describe(name, items[name]) for name in items.column_names]
    found: list[Comparison] = []
    for context in left:
        for item in right:
            found.extend(_between(context, item))
    for side, attributes in (("context", left), ("item", right)):
        for attribute in attributes:
            if attribute.kind in ("number", "flag", "category"):
                names = (attribute.name, "") if side == "context" else ("", attribute.name)
                found.append(Comparison(*names, kind="context" if side == "context" else "item"))
    return tuple(found)


def _describe(name: str, column: pa.ChunkedArray) -> _Attribute:
    if pa.types.is_boolean(column.type):
        return _Attribute(name, "flag", frozenset())
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        numbers = as_numbers(column)
        numbers = numbers[np.isfinite(numbers)]
        low, high = (float(bound) for bound in np.quantile(numbers, (0.05, 0.95))) if len(numbers) else (np.nan, np.nan)
        return _Attribute(name, "number", frozenset(), low, high)
    values = frozenset(value for listed in as_lists(column) for value in listed or ())
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return _Attribute(name, "list", values)
    return _Attribute(name, "category" if len(set(as_levels_text(column))) <= MAX_LEVELS else "text", values)


def _between(context: _Attribute, item: _Attribute) -> list[Comparison]:
    kinds = {context.kind, item.kind}
    if kinds == {"number"}:
        return _numbers(context, item)
    if kinds <= {"flag", "category"}:
        return _categories(context, item)
    if "number" in kinds or "flag" in kinds:
        return []
    return _texts(context, item)


def _numbers(context: _Attribute, item: _Attribute) -> list[Comparison]:
    overlap = min(context.high, item.high) - max(context.low, item.low)
    narrower = min(context.high - context.low, item.high - item.low)
    if not overlap > 0.2 * narrower:
        return []
    return [Comparison(context.name, item.name, kind) for kind in ("difference", "ratio")]


def _categories(context: _Attribute, item: _Attribute) -> list[Comparison]:
    found: list[Comparison] = []
    shared = _shares_values(context, item)
    ladder = _ladder(context.values, item.values)
    if shared:
        found.append(Comparison(context.name, item.name, "equal"))
    if ladder:
        found.append(Comparison(context.name, item.name, "ordinal", ladder))
    if shared or _share_a_word(context.name, item.name):
        found.append(Comparison(context.name, item.name, "cross"))
    return found


def _texts(context: _Attribute, item: _Attribute) -> list[Comparison]:
    """At least one side is a list or has many values."""
    if not (_shares_values(context, item) or _share_a_word(context.name, item.name)):
        return []
    found = [Comparison(context.name, item.name, _text_kind(context, item))]
    if _is_wordy(context) or _is_wordy(item):
        found.append(Comparison(context.name, item.name, "similarity"))
    return found


def _text_kind(context: _Attribute, item: _Attribute) -> Literal["overlap", "contains", "equal"]:
    if context.kind == "list" and item.kind == "list":
        return "overlap"
    return "contains" if "list" in (context.kind, item.kind) else "equal"


def _is_wordy(attribute: _Attribute) -> bool:
    """Short texts of several words, where a near match means something."""
    lengths = [len(value) for value in attribute.values]
    return bool(lengths) and max(lengths) <= _SHORT_TEXT and any(" " in value for value in attribute.values)


def _shares_values(context: _Attribute, item: _Attribute) -> bool:
    fewer = min(len(context.values), len(item.values))
    return fewer > 0 and len(context.values & item.values) >= max(1, _SHARED_VALUES * fewer)


def _share_a_word(left: str, right: str) -> bool:
    return bool({word.rstrip("s") for word in left.split("_")} & {word.rstrip("s") for word in right.split("_")})


def _ladder(left: frozenset[str], right: frozenset[str]) -> tuple[str, ...]:
    for ladder in LADDERS:
        if left and right and left | right <= set(ladder) and len(left | right) > 1:
            return ladder
    return ()
