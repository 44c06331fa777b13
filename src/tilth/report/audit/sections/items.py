"""Which items have how many interactions."""

from typing import Any

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, Shown, listing
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.words import cold_sentence, head_sentence, written
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.lorenz import draw_lorenz
from tilth.report.charts.tail import Bin, compact, draw_tail
from tilth.report.numbers import count, fine_share, number, plural

MAX_BINS = 11
POINTS_LISTED = 11
BANDS = (
    Shown("band", "Interactions"),
    Shown("items", "Items", count),
    Shown("share", "Share of items", fine_share),
    Shown("events_share", "Share of interactions", fine_share),
)
ACTIVITY = (
    Shown("low", "Interactions from", count),
    Shown("high", "to", count),
    Shown("users", "Users", count),
    Shown("events", "Interactions", count),
)
ITEMS = (
    Shown("title", "Item"),
    Shown("category", "Category", empty=NO_CATEGORY),
    Shown("events", "Interactions", count),
    Shown("users", "Users", count),
    Shown("exposures", "Times shown", count, optional=True),
)


def items_section(facts: AuditFacts) -> Section | None:
    lead = written(facts, cold_sentence, head_sentence)
    figures = tuple(figure for figure in (_tail(facts), _lorenz(facts)) if figure)
    blocks: list[Block] = [Figures(figures)] if figures else []
    if bands := facts.rows("bands"):
        blocks.append(listing(bands, "Items by how many interactions they have.", BANDS))
    blocks += measure_blocks(facts.listed("items.", "matrix.", "users."), facts.terms)
    if users := facts.rows("activity"):
        caption = "Users by how many interactions they have."
        blocks.append(listing(users, caption, ACTIVITY, folded="How active users are"))
    if items := facts.rows("items", by="events"):
        blocks.append(listing(items, "Items with the most interactions.", ITEMS, folded="The most popular items"))
    return Section("items", "Items", lead, tuple(blocks)) if lead or blocks else None


def bins(facts: AuditFacts) -> list[dict[str, int]]:
    """low, high, items by interactions; items with none first; neighbours joined where there are many."""
    found = [
        {key: int(row[key]) for key in ("low", "high", "items")}
        for row in facts.rows("popularity", by="low", ascending=True, limit=80).rows
        if all(number(row[key]) is not None for key in ("low", "high", "items"))
    ]
    if found and found[0]["low"] > 0:
        none = next((row["items"] for row in facts.rows("bands").rows if row["band"] == "0"), None) or 0
        found.insert(0, {"low": 0, "high": 0, "items": none})
    while len(found) > MAX_BINS:
        head, rest = found[:1], found[1:]
        found = head + [_joined(rest[i : i + 2]) for i in range(0, len(rest), 2)]
    return found


def _joined(parts: list[dict[str, int]]) -> dict[str, int]:
    return {"low": parts[0]["low"], "high": parts[-1]["high"], "items": sum(part["items"] for part in parts)}


def _tail(facts: AuditFacts) -> Figure | None:
    found = bins(facts)
    total = sum(entry["items"] for entry in found)
    if len(found) < 2 or not total:
        return None
    below = [number(row["share"]) or 0.0 for row in facts.rows("bands").rows if row["band"] != ">10"]
    none = found[0]["items"] / total
    few = (sum(below), "10 interactions or fewer") if below else (none, "no interaction")
    top = next(entry for entry in reversed(found) if entry["items"])
    most = f"{plural(top['items'], 'item')} of {span(top)}"
    finding = f"{fine_share(few[0])} of the items have {few[1]}; at the other end, {most}."
    bars = [Bin(label(entry), entry["items"], marked=entry["low"] == 0) for entry in found]
    svg = draw_tail(
        bars,
        x_title="Interactions of an item, up to the next bar",
        y_title="Items",
        name="tail",
        label=finding,
    )
    columns = (Column("Interactions", numeric=False), Column("Items"), Column("Share"))
    rows = tuple(
        row([cell(span(entry)), cell(count(entry["items"])), cell(fine_share(entry["items"] / total))])
        for entry in found
    )
    return Figure(svg, finding, Table("Items by number of interactions", columns, rows, sortable=False))


def label(entry: dict[str, int]) -> str:
    """The bin's lower end: `0`, `1`, `2+`."""
    return compact(entry["low"]) + ("+" if entry["high"] > entry["low"] else "")


def span(entry: dict[str, int]) -> str:
    """`4–7 interactions`."""
    low, high = count(entry["low"]), count(entry["high"])
    if entry["high"] == entry["low"]:
        return f"{low} interaction" + ("" if entry["low"] == 1 else "s")
    return f"{low}–{high} interactions"


def _lorenz(facts: AuditFacts) -> Figure | None:
    points = [
        {key: float(row[key]) for key in ("items_share", "events_share")}
        for row in facts.rows("lorenz", by="items_share", ascending=True, limit=1000).rows
        if number(row["items_share"]) is not None and number(row["events_share"]) is not None
    ]
    if len(points) < 2:
        return None
    half = min(points, key=lambda point: abs(point["items_share"] - 0.5))
    gini = facts.of("items.gini")
    finding = f"The less popular half of the items has {fine_share(half['events_share'])} of the interactions"
    finding += (
        f"; the Gini coefficient is {gini}, where 0 is an even spread and 1 is all on one item." if gini.known else "."
    )
    svg = draw_lorenz(points, name="lorenz", label=finding)
    return Figure(svg, finding, _lorenz_table(points))


def _lorenz_table(points: list[dict[str, Any]]) -> Table:
    step = max(1, (len(points) - 1) // (POINTS_LISTED - 1))
    shown = [*points[:-1:step], points[-1]]
    rows = tuple(row([cell(fine_share(value)) for value in point.values()]) for point in shown)
    columns = (Column("Items, least popular first"), Column("Their share of interactions"))
    return Table("The Lorenz curve", columns, rows, sortable=False)
