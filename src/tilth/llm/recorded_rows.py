"""Rows of a CSV or JSONL text, each with the number a person would give it."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.errors import DataError
from tilth.llm.strictjson import strict_loads


@dataclass(frozen=True)
class Row:
    """Column -> cell. `number` counts from 1; in CSV the header is row 1."""

    number: int
    cells: Mapping[str, Any]


def csv_rows(text: str, path: Path, needed: Sequence[str]) -> Iterator[Row]:
    """The rows under the header; blank ones are left out.

    Raises:
        DataError: a column of `needed` is missing, a column stands twice, or a row does not match the header.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if not cells:
                continue
            if header is None:
                header = _checked_header(cells, path, number, needed)
            elif len(cells) != len(header):
                what = f"has {len(cells)} cells where the header has {len(header)}"
                raise DataError(what, path=path, row=number, hint="is a separator or a quote missing?")
            else:
                yield Row(number, dict(zip(header, cells, strict=True)))
    except csv.Error as exc:
        hint = "a cell with a quote, comma or line break must be quoted; very long texts belong into JSONL"
        raise DataError(f"cannot be read as CSV: {exc}", path=path, row=number + 1, hint=hint) from exc


def _checked_header(cells: list[str], path: Path, number: int, needed: Sequence[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError("the column stands twice in the header", path=path, row=number, column=twice[0])
    for column in needed:
        if column not in header:
            hint = f"the file has {', '.join(header)}"
            raise DataError("the column is missing", path=path, row=number, column=column, hint=hint)
    return header


def jsonl_rows(text: str, path: Path, keys: Sequence[str]) -> Iterator[Row]:
    """The objects, one a line; blank lines and objects without any of the keys are left out.

    Raises:
        DataError: a line is no JSON object.
    """
    # Not `splitlines`: that would also split at characters which may stand inside a JSON text.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            cells = strict_loads(line)
        except ValueError as exc:
            raise DataError(f"cannot be read as JSON: {exc}", path=path, row=number, hint="one object a line") from exc
        if not isinstance(cells, dict):
            raise DataError("is JSON, but no object", path=path, row=number, hint="one object a line")
        if any(key in cells for key in keys):
            yield Row(number, cells)
