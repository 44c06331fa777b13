"""JSON as the standard has it: no key twice, no NaN, nothing that cannot be written as UTF-8."""

import json
import math
from typing import Any

from tilth.llm.text import shorten

_MAX_DIGITS = 1000  # below the interpreter's own limit, whose error would tell a model nothing


class NotStrictError(ValueError):
    """Readable by Python's `json`, yet not to be taken for JSON. The message says why."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise NotStrictError(f"key '{shorten(twice, 60)}' stands twice in one object")
    return found


def _constant(name: str) -> Any:
    raise NotStrictError(f"{name} is not a JSON number")


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotStrictError(f"number {shorten(digits, 40)} is too large")
    return value


def _int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise NotStrictError(f"number {shorten(digits, 40)} is too large")
    return int(digits)


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)


def strict_loads(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: not JSON, or not strict; with a message fit to show.
    """
    try:
        value = DECODER.decode(text)
        check_text(text, value)
    except RecursionError as exc:
        raise NotStrictError("it is nested too deeply") from exc
    return value


def check_text(text: str, value: Any) -> None:
    r"""Refuse half a character (`\ud800` alone): no file, database or table could hold it.

    Raises:
        NotStrictError: where `value`, read from `text`, has one.
    """
    # Only an escape can smuggle one in; the second look is dear and rarely needed.
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as exc:
        raise NotStrictError("a text in it holds half a character (a lone surrogate)") from exc
