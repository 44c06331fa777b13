"""Items that no logged query brings back, per category: `suggest` offers queries that do."""

from collections.abc import Iterator

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground
from tilth.audit.gaps.items import items_gap
from tilth.text import plural


def unreached_items(ground: Ground) -> Iterator[Found]:
    """A gap for each category with items that no query of the log brings back among its first results.

    Calls: one for each item, for the queries that it should be found by. Demand: interactions that these items have
    by other ways than search; it is unknown where there is no event log.
    """
    table = ground.tables.get("unreached_items")
    if table is None:
        return
    sizes = ground.sizes()
    for category, rows in ground.by_category(ground.rows_of(table["item_id"])):
        yield items_gap(
            ground,
            category,
            rows,
            step="suggest",
            kind="unreached_items",
            what="items that no query reaches",
            reason=f"no logged query brings back {len(rows):,} of {plural(sizes[category], 'item')}",
        )
