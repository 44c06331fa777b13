"""JSONL files to batches. A row is a line, counted from 1; blank lines count, though they are no records."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from tilth.data.batch import LIST_SEPARATOR, Batch, Collector, number_text, refuse_missing
from tilth.data.lines import Lines
from tilth.data.rejects import Rejects


class _UnusableError(Exception):
    """A value, or a line, that rejects its record; the text is the reason."""


def read_jsonl(path: str, columns: Sequence[str], ids: Collection[str], rejects: Rejects) -> Iterator[Batch]:
    """Yield the records of `path`; lines that are no JSON object, or hold nested ones, go to `rejects`.

    A key may be missing on some lines, but not on all.

    Raises:
        DataError: the file is empty, or no line has one of `columns`; for `ids`, none of the first lines.
    """
    lines = Lines(path)
    keys = Keys(columns)
    for batch in jsonl_batches(path, lines, columns, ids, rejects, keys, bytes_read=lambda: lines.bytes_read):
        keys.refuse_missing(path, ids)
        yield batch
    keys.refuse_missing(path, columns)


class Keys:
    """Which of the columns stood on no line so far, and the names that did."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.missing, self.seen = set(columns), set[str]()

    def refuse_missing(self, path: str, columns: Collection[str]) -> None:
        """Raise a `DataError` for the first of `columns` that stood on no line, if there was a line."""
        if self.seen:
            refuse_missing(path, [name for name in columns if name in self.missing], sorted(self.seen))


def jsonl_batches(
    path: str,
    lines: Iterable[bytes],
    columns: Sequence[str],
    ids: Collection[str],
    rejects: Rejects,
    keys: Keys,
    *,
    lines_before: int = 0,
    bytes_read: Callable[[], int],
) -> Iterator[Batch]:
    """Yield the records of some lines of a file."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    collected = Collector(path, columns, range(len(columns)), rejects)
    for number, line in enumerate(lines, start=lines_before + 1):
        if not line.strip():
            continue
        column = ""
        try:
            record = _decoded(decoder, line)
            if keys.missing:
                keys.seen.update(record)
                keys.missing.difference_update(record)
            texts: list[str | None] = []
            for column in columns:
                value = record.get(column)
                texts.append(value if type(value) is str else _as_text(value, column in ids))
        except _UnusableError as exc:
            rejects.add(path, number, column, str(exc), line[:200].strip().decode("utf-8", "backslashreplace"))
            continue
        if collected.add(texts, number, bytes_read()):
            yield collected.take(bytes_read())
    if collected:
        yield collected.take()


def _decoded(decoder: Any, line: bytes) -> dict[str, Any]:
    try:
        return decoder.decode(line)
    except UnicodeDecodeError:
        reason = "is not UTF-8"
    except msgspec.DecodeError as exc:
        reason = f"is not a JSON object ({exc})"
    except RecursionError:
        reason = "is not a JSON object that can be used: it is nested too deeply"
    raise _UnusableError(reason)


def _as_text(value: Any, is_id: bool) -> str | None:
    if isinstance(value, dict) or (is_id and isinstance(value, bool | list)):
        raise _UnusableError(f"holds {_kind(value)} where {'an id' if is_id else 'text or a number'} is needed")
    if isinstance(value, list):
        return LIST_SEPARATOR.join(text for part in value if (text := _part_text(part)) is not None)
    return _scalar_text(value)


def _part_text(value: Any) -> str | None:
    if isinstance(value, dict | list):
        raise _UnusableError(f"holds {_kind(value)} inside a list, where text or a number is needed")
    return _scalar_text(value)


def _scalar_text(value: str | bool | int | float | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value)


def _kind(value: Any) -> str:
    return "a JSON object" if isinstance(value, dict) else "a list" if isinstance(value, list) else "true or false"
