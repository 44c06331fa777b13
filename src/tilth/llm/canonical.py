"""One spelling for equal JSON values."""

import json
from collections.abc import Mapping
from typing import Any


def canonical_json(value: Any) -> str:
    """One spelling for equal values: keys sorted, no spaces, ASCII only, whole floats as integers.

    Raises:
        ValueError: for NaN and infinities, which JSON does not have.
    """
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: Any) -> Any:
    """A deep copy in dicts and lists, with whole floats as integers."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
