"""Columns of a log to fields of a record; what cannot be read is counted, and the row kept where it can be."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.coded import CODED, coded, constant_codes, plain_values
from tilth.data.behavior.raw import RawBatch
from tilth.data.columns import finite_numbers
from tilth.data.from_parquet import is_list, is_text
from tilth.data.times import TimeReader, Times

PLACEHOLDER = r"\{([^{}]+)\}"

Mask = NDArray[np.bool_]


class LogColumns:
    """The columns of one batch, and which of its rows are still usable."""

    def __init__(self, batch: RawBatch, bad: BadCollector) -> None:
        self.batch, self.bad = batch, bad
        self.usable: Mask = np.ones(len(batch), dtype=bool)

    def identifier(self, column: str, what: str = "the id") -> pa.Array:
        """`CODED` ids; a row whose id is empty or cannot be used is not usable."""
        found = coded(self.batch.columns[column])
        for reason, wrong in found.wrong:
            self.reject(wrong, column, reason)
        self.reject(found.where_empty(), column, f"{what} is empty")
        return found.codes

    def optional_identifier(self, column: str | None) -> pa.Array:
        """Ids as strings, null where there is none or none that can be used."""
        if column is None:
            return pa.nulls(len(self.batch), pa.string())
        found = coded(self.batch.columns[column])
        for reason, wrong in found.wrong:
            self.leave_out(wrong, column, reason)
        text = found.codes.dictionary_decode()
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)

    def template(self, template: str, what: str) -> pa.Array:
        """`CODED` text: `template` with each `{column}` replaced by its value; an empty value rejects its row."""
        literals, names = re.split(PLACEHOLDER, template)[::2], placeholders(template)
        if not names:
            return constant_codes(template, len(self.batch))
        pieces: list[Any] = [literals[0]]
        for name, literal in zip(names, literals[1:], strict=True):
            pieces += [self.identifier(name, what), literal]
        if len(names) == 1:
            codes = pieces[1]
            text = pc.binary_join_element_wise(literals[0], codes.dictionary, literals[1], "")
            return pa.DictionaryArray.from_arrays(codes.indices, text)
        plain = [piece if isinstance(piece, str) else piece.dictionary_decode() for piece in pieces]
        return pc.binary_join_element_wise(*plain, "").dictionary_encode().cast(CODED)

    def times(self, column: str | None, reader: TimeReader) -> Times:
        """Times; the rows of those that cannot be read are kept."""
        if column is None:
            return reader.read(pa.nulls(len(self.batch)))
        times = reader.read(self.plain(column))
        self.leave_out(times.unread, column, "is not a time that can be read")
        return times

    def numbers(self, column: str | None) -> pa.Array:
        """Doubles, null where there is none, or none that can be read; such rows are kept."""
        if column is None:
            return pa.nulls(len(self.batch), pa.float64())
        values = self.plain(column)
        if pa.types.is_string(values.type):
            return self._text_numbers(values, column)
        numbers = values.cast(pa.float64(), safe=False)
        present = _flags(pc.fill_null(pc.invert(pc.is_nan(numbers)), False))
        finite = _flags(pc.fill_null(pc.is_finite(numbers), False))
        self.leave_out(present & ~finite, column, "is not a finite number")
        return numbers if finite.all() else pc.if_else(pa.array(finite), numbers, pa.scalar(None, pa.float64()))

    def _text_numbers(self, values: pa.Array, column: str) -> pa.Array:
        text = pc.fill_null(pc.utf8_trim_whitespace(values), "")
        numbers = _clean_numbers(text)
        if numbers is not None:
            return numbers
        numbers = finite_numbers(text)
        unread = _flags(pc.is_null(numbers)) & _flags(pc.not_equal(text, ""))
        self.leave_out(unread, column, "is not a finite number")
        return numbers

    def plain(self, column: str) -> pa.Array:
        """The column as it is, or as strings if it is text; the rows of text that cannot be used are kept."""
        values, wrong_text = plain_values(self.batch.columns[column])
        for reason, wrong in wrong_text:
            self.leave_out(wrong, column, reason)
        return values

    def reject(self, wrong: Mask, column: str, reason: str) -> None:
        """Count the rows marked in `wrong`, shape (rows,), that are usable so far, and let them be so no longer."""
        if wrong.any():
            self._count(wrong, column, reason, kept=False)
            self.usable &= ~wrong

    def leave_out(self, wrong: Mask, column: str, reason: str) -> None:
        """Count the rows marked in `wrong` that are usable so far: they are kept without this value."""
        if wrong.any():
            self._count(wrong, column, reason, kept=True)

    def keep(self, columns: dict[str, pa.Array], schema: Any) -> pa.Table:
        """A table of the usable rows."""
        table = pa.table(columns, schema=schema)
        return table if self.usable.all() else table.filter(pa.array(self.usable))

    def _count(self, wrong: Mask, column: str, reason: str, *, kept: bool) -> None:
        def values(where: NDArray[np.int64]) -> Sequence[object]:
            found = self.batch.columns[column].take(pa.array(where))
            return _shown(found.dictionary_decode() if pa.types.is_dictionary(found.type) else found)

        self.bad.add(reason, column, self.batch.rows, values, np.flatnonzero(wrong & self.usable), kept=kept)


def placeholders(template: str) -> list[str]:
    """The columns that a template names."""
    return re.findall(PLACEHOLDER, template)


def _clean_numbers(text: pa.Array) -> pa.Array | None:
    """Doubles, null where the text is empty; None if any other is no finite number."""
    try:
        numbers = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text).cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return numbers if pc.all(pc.is_finite(numbers)).as_py() is not False else None


def _shown(values: pa.Array) -> Sequence[object]:
    """Values of any type, to be quoted in a message."""
    if is_list(values.type):
        return [None if not value.is_valid else ", ".join(map(str, _shown(value.values))) for value in values]
    if is_text(values.type):
        raw = values.cast(pa.binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "backslashreplace") for value in raw]
    return values.cast(pa.string()).to_pylist()


def _flags(values: pa.Array) -> Mask:
    return np.asarray(values, dtype=bool)
