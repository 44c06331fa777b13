"""From a file to known corrections: queries as typed, and as they should have been."""

from pathlib import Path

import pyarrow as pa

from tilth.data.assemble import Unique, read_table
from tilth.data.columns import Columns
from tilth.data.files import resolve_path
from tilth.data.rejects import Rejects

WRONG, RIGHT = "wrong", "right"


def load_corrections(path: str, *, base: Path, rejects: Rejects, max_rejected: float) -> list[tuple[str, str]]:
    """Pairs of the columns `wrong` and `right`, in the file's order; alike where a query is right as it is.

    A row without one of them is rejected, and one whose `wrong` stood before.

    Raises:
        DataError: the file cannot be used, or more than `max_rejected` of its rows.
    """

    def convert(columns: Columns) -> pa.Table:
        what = {WRONG: "the query as typed", RIGHT: "the corrected query"}
        return columns.keep({name: columns.identifier(name, named) for name, named in what.items()})

    unique = Unique((WRONG,), WRONG, "a correction of this query")
    where = resolve_path(path, base)
    table, _ = read_table(where, [WRONG, RIGHT], [WRONG, RIGHT], convert, rejects, max_rejected, unique)
    return list(zip(table[WRONG].to_pylist(), table[RIGHT].to_pylist(), strict=True))
