"""Small tables to large ones."""

from collections.abc import Iterable, Iterator

import pyarrow as pa


def gathered(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The tables one behind the other, in pieces of at least `rows` rows; the last one may be shorter."""
    held, count = list[pa.Table](), 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        if count >= rows:
            yield pa.concat_tables(held)
            held, count = [], 0
    if count:
        yield pa.concat_tables(held)
