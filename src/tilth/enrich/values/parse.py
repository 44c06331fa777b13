"""Values of attributes as text in the user's files, and back."""

import re
from math import isfinite
from typing import Any

from tilth.data.batch import LIST_SEPARATOR
from tilth.data.columns import NUMBER
from tilth.enrich.config import AttributeConfig
from tilth.enrich.values.same import text_key

TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class BadValueError(ValueError):
    """A text that is no value of the attribute; the message says what would be one."""


def parse_value(attribute: AttributeConfig, text: str) -> Any:
    """The value that `text` (not empty) stands for: lists split at `|`, categories as in the vocabulary.

    Raises:
        BadValueError: it stands for none.
    """
    text = text.strip()
    match attribute.type:
        case "text":
            return text
        case "number":
            return _number(text)
        case "boolean":
            if text.lower() not in TRUTHS:
                raise BadValueError("is neither true nor false")
            return TRUTHS[text.lower()]
        case "category":
            return _known(attribute, text)
        case "list":
            parts = [part.strip() for part in text.split(LIST_SEPARATOR) if part.strip()]
            return [_known(attribute, part) for part in parts] if attribute.values else parts


def value_text(value: Any) -> str:
    """A value as a cell of a file; empty for null, the elements of a list joined by `|`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    return LIST_SEPARATOR.join(value) if isinstance(value, list) else str(value)


def _number(text: str) -> float:
    value = float(text) if re.match(NUMBER, text) else float("nan")
    if not isfinite(value):
        raise BadValueError("is not a number")
    return value


def _known(attribute: AttributeConfig, text: str) -> str:
    key = text_key(text)
    for value in attribute.values:
        if text_key(value) == key:
            return value
    raise BadValueError(f"is not one of {', '.join(attribute.values)}")
