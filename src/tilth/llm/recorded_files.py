"""Reading answers that were given before out of a CSV or JSONL file."""

import gzip
import hashlib
import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.errors import DataError
from tilth.llm.recorded import RecordedAnswer
from tilth.llm.recorded_rows import Row, csv_rows, jsonl_rows
from tilth.llm.reply import Usage

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class _Layout:
    """Which column of the file holds what."""

    path: Path
    keys: tuple[str, ...]
    answer: Mapping[str, str] | None
    raw: str | None
    lists: frozenset[str]
    list_separator: str
    prompt_tokens: str | None
    completion_tokens: str | None
    cost_usd: str | None
    latency_s: str | None

    @property
    def measures(self) -> tuple[str, ...]:
        named = (self.prompt_tokens, self.completion_tokens, self.cost_usd, self.latency_s)
        return tuple(column for column in named if column is not None)

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that every row must have, apart from the keys."""
        content = (self.raw,) if self.raw is not None else tuple((self.answer or {}).values())
        return (*content, *self.measures)


def recorded_endpoint(path: str | Path) -> str:
    """`recorded:` and the first 16 hex digits of the SHA-256 of the file: another content is another endpoint.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return f"recorded:{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}"
    except OSError as exc:
        raise DataError(f"cannot be read: {exc.strerror or exc}", path=path) from exc


def read_recorded(
    path: str | Path,
    *,
    key_columns: Sequence[str],
    answer: Mapping[str, str] | None,
    list_separator: str = "|",
    lists: Sequence[str] = ("reasons",),
    raw: str | None = None,
    prompt_tokens: str | None = None,
    completion_tokens: str | None = None,
    cost_usd: str | None = None,
    latency_s: str | None = None,
) -> dict[tuple[str, ...], RecordedAnswer]:
    """Answers by key, from a .csv or .jsonl file, also as .gz.

    Args:
        key_columns: the columns that make the key, in its order.
        answer: answer field -> column; None takes every column that is not named elsewhere here, under its own name.
        list_separator: in CSV, splits the fields in `lists`; an empty cell is an empty list.
        lists: answer fields that are lists of texts in CSV.
        raw: a column that holds the model's text as it came; `answer` is then not used.
        prompt_tokens, completion_tokens, cost_usd, latency_s: columns of what the answer took; empty cells are unknown.

    In CSV a cell that is a JSON number becomes one, an empty cell null, anything else a text. JSONL keeps its types;
    lines without any of the key columns are about something else and left out.

    Raises:
        DataError: names file, row and column: a key that stands twice, a missing column, an unreadable line, bytes
            that are not UTF-8, no answer at all.
    """
    file = Path(path)
    measures = (prompt_tokens, completion_tokens, cost_usd, latency_s)
    layout = _Layout(file, tuple(key_columns), answer, raw, frozenset(lists), list_separator, *measures)
    answers = _collect(layout)
    if not answers:
        raise DataError(f"holds no row with key columns {', '.join(layout.keys)}", path=file)
    return answers


def _collect(layout: _Layout) -> dict[tuple[str, ...], RecordedAnswer]:
    path, is_csv = layout.path, _is_csv(layout.path)
    text, needed = _text(path), (*layout.keys, *layout.needed)
    answers: dict[tuple[str, ...], RecordedAnswer] = {}
    for row in csv_rows(text, path, needed) if is_csv else jsonl_rows(text, path, layout.keys):
        key = tuple(_key_part(row, column, layout) for column in layout.keys)
        if key in answers:
            raise DataError(f"key ({', '.join(key)}) stands twice", path=path, row=row.number, column=layout.keys[-1])
        answers[key] = _answer(row, layout, from_csv=is_csv)
    return answers


def _is_csv(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".csv"):
        return True
    if name.endswith((".jsonl", ".ndjson")):
        return False
    raise DataError("is neither CSV nor JSONL by its name", path=path, hint="use .csv or .jsonl, with .gz if packed")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            content = gzip.decompress(content)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        row = exc.object[: exc.start].count(b"\n") + 1
        raise DataError("is not UTF-8", path=path, row=row, hint="save the file as UTF-8") from exc
    except (gzip.BadGzipFile, EOFError, zlib.error) as exc:
        raise DataError(f"cannot be unpacked: {exc}", path=path, hint="is it gzip, and complete?") from exc
    except OSError as exc:
        raise DataError(f"cannot be read: {exc.strerror or exc}", path=path) from exc
    if not text.strip():
        raise DataError("the file is empty", path=path)
    return text


def _key_part(row: Row, column: str, layout: _Layout) -> str:
    value = row.cells.get(column)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        hint = f"every row needs {', '.join(layout.keys)}: a text or a whole number"
        what = "the key column is missing" if column not in row.cells else "the key is empty or no text"
        raise DataError(what, path=layout.path, row=row.number, column=column, hint=hint)
    return value


def _answer(row: Row, layout: _Layout, *, from_csv: bool) -> RecordedAnswer:
    for column in layout.needed:
        if column not in row.cells:
            hint = f"this row has {', '.join(row.cells)}"
            raise DataError("the column is missing", path=layout.path, row=row.number, column=column, hint=hint)
    if layout.raw is not None:
        text = row.cells[layout.raw]
        if not isinstance(text, str):
            raise DataError("the raw answer is no text", path=layout.path, row=row.number, column=layout.raw)
    else:
        text = json.dumps(_fields(row, layout, from_csv=from_csv), ensure_ascii=False)
    prompt, completion = (_measure(row, one, layout) for one in (layout.prompt_tokens, layout.completion_tokens))
    usage = Usage(*(None if count is None else int(count) for count in (prompt, completion)))
    latency_s, cost_usd = (_measure(row, one, layout) for one in (layout.latency_s, layout.cost_usd))
    return RecordedAnswer(text, usage, latency_s, cost_usd)


def _fields(row: Row, layout: _Layout, *, from_csv: bool) -> dict[str, Any]:
    columns = layout.answer
    if columns is None:
        taken = {*layout.keys, *layout.measures}
        columns = {column: column for column in row.cells if column not in taken}
    if not from_csv:
        return {field: row.cells[column] for field, column in columns.items()}
    return {field: _from_cell(row.cells[column], field, layout) for field, column in columns.items()}


def _from_cell(cell: str, field: str, layout: _Layout) -> Any:
    if field in layout.lists:
        return [part for part in (part.strip() for part in cell.split(layout.list_separator)) if part]
    cell = cell.strip()
    if _NUMBER.fullmatch(cell):
        number = float(cell) if any(sign in cell for sign in ".eE") else int(cell)
        return number if math.isfinite(number) else cell
    return cell or None


def _measure(row: Row, column: str | None, layout: _Layout) -> float | None:
    """A count, a time or a price: None where the cell is empty."""
    cell = None if column is None else row.cells[column]
    if cell is None or cell == "":
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise DataError(f"'{cell}' is no number of at least 0", path=layout.path, row=row.number, column=column)
    return value
