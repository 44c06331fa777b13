"""Cutting a table, or a stream of them, into partitions, and these into windows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Partition:
    place: int
    table: pa.Table


def cut(tables: Iterable[pa.Table], rows: int) -> Iterator[Partition]:
    """Partitions of `rows` rows in the order of the input, the last one shorter, none empty. Nothing is copied."""
    place, held, count = 0, list[pa.Table](), 0
    for table in tables:
        start = 0
        while start < table.num_rows:
            piece = table.slice(start, rows - count)
            start, count = start + piece.num_rows, count + piece.num_rows
            held.append(piece)
            if count == rows:
                yield Partition(place, pa.concat_tables(held))
                place, held, count = place + 1, [], 0
    if held:
        yield Partition(place, pa.concat_tables(held))


def windows(partitions: Iterator[Partition], most: int, most_bytes: int) -> Iterator[list[Partition]]:
    """Runs of partitions: at most `most`, and no further one once `most_bytes` of Arrow memory are reached."""
    window, size = list[Partition](), 0
    for partition in partitions:
        window.append(partition)
        size += partition.table.nbytes
        if len(window) == most or size >= most_bytes:
            yield window
            window, size = [], 0
    if window:
        yield window
