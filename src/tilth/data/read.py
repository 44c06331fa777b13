"""Files to batches of text columns, with the row number each record stands on.

Every value arrives as text, whatever the format: conversion (and the complaint about a value that will not convert)
happens in one place, `columns.py`, with the row at hand.
"""

from collections.abc import Collection, Iterator, Sequence

from tilth.data.batch import Batch
from tilth.data.files import kind_of
from tilth.data.from_csv import read_csv
from tilth.data.from_jsonl import read_jsonl
from tilth.data.from_parquet import read_parquet_batches
from tilth.data.rejects import Rejects


def read_batches(path: str, columns: Sequence[str], rejects: Rejects, *, ids: Collection[str] = ()) -> Iterator[Batch]:
    """Yield the records of `path` with the named columns only, as strings.

    Null stands where a value is absent, in CSV and JSONL also where it is empty. Lists become one text, joined by `|`.
    Records that cannot be read go to `rejects`. In the columns `ids` no lists and no truth values are taken.

    Raises:
        DataError: the file is missing, empty, not readable, or lacks one of `columns`.
    """
    kind = kind_of(path)
    if kind == "parquet":
        yield from read_parquet_batches(path, columns, ids, rejects)
    elif kind == "jsonl":
        yield from read_jsonl(path, columns, ids, rejects)
    else:
        yield from read_csv(path, columns, rejects, "\t" if kind == "tsv" else ",")
