"""Categories that hold several values: an item is counted in one category, so each order of them is another one."""

import re
from collections.abc import Iterator

import pyarrow.compute as pc

from tilth.audit.result import Finding
from tilth.records import Entities

SEPARATORS = re.compile(r"\s*[|;,]\s*")
EXAMPLES = 4


def several_values(items: Entities) -> Iterator[Finding]:
    """A finding where the same values, split at `|`, `;` or `,`, stand in two orders: then they are a list."""
    if "category" not in items.table.column_names:
        return
    orders: dict[tuple[str, ...], list[str]] = {}
    counts = pc.value_counts(items.table["category"].cast("string")).to_pylist()
    sizes = {row["values"]: row["counts"] for row in counts if row["values"]}
    for name in sorted(sizes):
        parts = SEPARATORS.split(name.strip())
        if len(parts) > 1:
            orders.setdefault(tuple(sorted(parts)), []).append(name)
    mixed = [name for names in orders.values() if len(names) > 1 for name in names]
    if mixed:
        yield Finding(
            "several_categories",
            "items",
            sum(sizes[name] for name in mixed),
            len(items),
            "items are in categories that name the same values in different orders, as if an item had several",
            "each order is counted as a category of its own: map a column with one category an item",
            tuple(mixed[:EXAMPLES]),
        )
