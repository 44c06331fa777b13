"""Text columns of a log as codes into their distinct values: a log says the same few ids over and over.

All work on text (trimming, checking) is done once for each distinct value of a batch, not for each row.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.from_parquet import as_text, is_text

CODED = pa.dictionary(pa.int32(), pa.string())
MAX_ID_CHARS = 1_000

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Coded:
    """A column of text."""

    codes: pa.Array
    """`CODED`: distinct values, trimmed; the empty text where nothing stands or what stands there cannot be used."""
    wrong: tuple[tuple[str, Mask], ...]
    """Reasons for which a value cannot be used, and on which rows; shape (rows,) each."""

    def where_empty(self) -> Mask:
        """Rows with the empty text."""
        return _rows_with(self.codes, _flags(pc.equal(self.codes.dictionary, "")))


def coded(values: pa.Array, *, max_chars: int | None = MAX_ID_CHARS) -> Coded:
    """Trimmed text. Whole numbers lose their point. Text that is not UTF-8, holds a null byte, or is longer than
    `max_chars` cannot be used."""
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float64())  # Arrow encodes no halves
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    indices = encoded.indices.cast(pa.int32())
    text = as_text(encoded.dictionary, is_id=True)
    problems = list[tuple[str, Mask]]()
    text, not_utf8 = _utf8_only(text)
    problems.append(("is not UTF-8", not_utf8))
    text = pc.fill_null(text, "")
    null_byte = _flags(pc.match_substring(text, "\x00"))
    problems.append(("holds a null byte", null_byte))
    trimmed = pc.utf8_trim_whitespace(text)
    unusable = not_utf8 | null_byte
    if max_chars is not None:
        too_long = _flags(pc.greater(pc.utf8_length(trimmed), max_chars))
        problems.append((f"is over {max_chars:,} characters long", too_long))
        unusable |= too_long
    if unusable.any():
        trimmed = pc.if_else(pa.array(unusable), "", trimmed)
    wrong = tuple((reason, _rows_at(indices, at)) for reason, at in problems if at.any())
    return Coded(_distinct(indices, trimmed), wrong)


def plain_values(values: pa.Array) -> tuple[pa.Array, tuple[tuple[str, Mask], ...]]:
    """The values as they are, or as strings if they are text; and the reasons for which some text cannot be used, as
    in `Coded`: there the string is empty."""
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if is_text(kind) and not _is_valid_string(values):
        found = coded(values, max_chars=None)
        return found.codes.dictionary_decode(), found.wrong
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values, ()


def constant_codes(value: str, count: int) -> pa.Array:
    """A column of one value."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([value], pa.string()))


def _distinct(indices: pa.Array, text: pa.Array) -> pa.Array:
    """Codes into the distinct texts; where there is no code, the empty text."""
    again = text.dictionary_encode()
    distinct, places = again.dictionary, again.indices
    if indices.null_count:
        empty = pc.index_in(pa.scalar(""), value_set=distinct).as_py()
        if empty is None:
            empty, distinct = len(distinct), pa.concat_arrays([distinct, pa.array([""], pa.string())])
        indices = pc.fill_null(pc.take(places, indices), empty)
    elif len(distinct) < len(text):
        indices = places.take(indices)
    return pa.DictionaryArray.from_arrays(indices, distinct)


def _rows_with(codes: pa.Array, marked: Mask) -> Mask:
    """Rows whose value is marked; `marked` has a flag for each distinct value."""
    return _rows_at(codes.indices, marked)


def _rows_at(indices: pa.Array, marked: Mask) -> Mask:
    if not marked.any():
        return np.zeros(len(indices), dtype=bool)
    return np.append(marked, False)[pc.fill_null(indices, len(marked)).to_numpy()]


def _utf8_only(text: pa.Array) -> tuple[pa.Array, Mask]:
    """The texts, empty where they are not UTF-8, and where that is."""
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        raw = text.cast(pa.binary()).to_pylist()
        bad = np.array([value is not None and not _is_utf8(value) for value in raw], dtype=bool)
        kept = [None if wrong or value is None else value.decode() for value, wrong in zip(raw, bad, strict=True)]
        return pa.array(kept, pa.string()), bad
    return text, np.zeros(len(text), dtype=bool)


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_valid_string(values: pa.Array) -> bool:
    if not pa.types.is_string(values.type):
        return False
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _flags(values: pa.Array) -> Mask:
    return np.asarray(values, dtype=bool)
