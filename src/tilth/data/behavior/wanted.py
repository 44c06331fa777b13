"""Which columns of a log are read, and what each must hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tilth.data.assemble import distinct
from tilth.data.batch import refuse_missing
from tilth.data.from_parquet import is_list, is_text, refuse_type
from tilth.errors import DataError


@dataclass(frozen=True)
class Wanted:
    """The columns to read, by what they hold; a column may stand in several places."""

    ids: tuple[str, ...]
    texts: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """Several ids: lists, or text."""

    @property
    def names(self) -> list[str]:
        """Each column once."""
        return distinct([*self.ids, *self.texts, *self.times, *self.numbers, *self.lists])

    @property
    def coded(self) -> list[str]:
        """Columns that say the same few things over and over."""
        return distinct([*self.ids, *self.texts])

    def check(self, path: str, schema: Any) -> None:
        """Raise a `DataError` where a Parquet file lacks a column, or has one of a type that is of no use there."""
        refuse_missing(path, self.names, schema.names)
        for name in self.names:
            refuse_type(path, schema.field(name), name in self.ids)
        for names, fits, need in (
            (self.texts, _is_one_value, "text"),
            (self.times, _may_be_time, "a time"),
            (self.numbers, _may_be_number, "a number"),
        ):
            for name in names:
                kind = schema.field(name).type
                if not fits(kind.value_type if pa.types.is_dictionary(kind) else kind):
                    raise DataError(f"holds {kind} where {need} is needed", path=path, column=name)


def _is_one_value(kind: Any) -> bool:
    return not is_list(kind)


def _may_be_number(kind: Any) -> bool:
    checks: tuple[Callable[[Any], bool], ...] = (
        is_text, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null,
    )  # fmt: skip
    return any(check(kind) for check in checks)


def _may_be_time(kind: Any) -> bool:
    is_time = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    return is_time or (_may_be_number(kind) and not pa.types.is_boolean(kind))
