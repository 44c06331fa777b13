"""From a file to the words of a language, each with how often it is used."""

from math import isfinite
from pathlib import Path

from tilth.data.files import open_stream, reading, resolve_path
from tilth.errors import DataError

_HINT = "a line is a word, or a word, a blank and how often it is used"


def load_word_list(path: str, *, base: Path) -> dict[str, float]:
    """The words of a file, one a line, each with the count after it, or 1; UTF-8, packed or not. A word that stands
    twice has the sum.

    Raises:
        DataError: the file cannot be read, or a line of it is something else.
    """
    where = resolve_path(path, base)
    with reading(where), open_stream(where) as file:
        lines = str(file.read(), "utf-8-sig").splitlines()
    found: dict[str, float] = {}
    for row, line in enumerate(lines, start=1):
        if parts := line.split():
            found[parts[0]] = found.get(parts[0], 0.0) + _count(parts, where, row)
    if not found:
        raise DataError("holds no word", path=where, hint=_HINT)
    return found


def _count(parts: list[str], path: str, row: int) -> float:
    if len(parts) == 1:
        return 1.0
    try:
        count = float(parts[1]) if len(parts) == 2 else float("nan")
    except ValueError:
        count = float("nan")
    if not (isfinite(count) and count > 0):
        raise DataError("is neither a word nor a word and its count", path=path, row=row, hint=_HINT)
    return count
