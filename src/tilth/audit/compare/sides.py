"""A row before and after."""

from collections.abc import Mapping
from typing import Any


def both(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, name: str) -> tuple[Any, Any]:
    """A column of both rows; None for a row that is not there."""
    return None if before is None else before[name], None if after is None else after[name]
