"""Which fields of the catalog are thin, and where."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, UNNAMED, Shown, listing, text_cell
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.rows import Rows
from tilth.report.audit.supply import MAX_NAME
from tilth.report.audit.words import fields_sentence, written
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.heat import Field, draw_heat
from tilth.report.clean import distinct_ids, shorten
from tilth.report.numbers import Name, count, fine_share, number

DRAWN = 15
MAX_FIELDS = 8
MAX_LABEL = 24
PROBLEMS = (
    Shown("items", "Items", count),
    Shown("thin_share", "Thin", fine_share, hint="Share of items with any of the problems"),
    Shown("missing", "Missing", count),
    Shown("short", "Short", count),
    Shown("duplicate", "Duplicate", count, hint="The same text as another item’s"),
    Shown("boilerplate", "Boilerplate", count, hint="Sentences that many items of the category share"),
    Shown("wrong_language", "Other language", count),
    Shown("markup", "Markup", count, hint="HTML or other markup in the text", optional=True),
    Shown("garbled", "Garbled", count, hint="Characters that were decoded wrongly", optional=True),
)
WHOLE = (Shown("field", "Field"), *PROBLEMS)
BY_CATEGORY = (Shown("category", "Category", empty=NO_CATEGORY), Shown("field", "Field"), *PROBLEMS)
THIN = (
    Shown("title", "Item"),
    Shown("item_id", "Id"),
    Shown("category", "Category", empty=NO_CATEGORY),
    Shown("field", "Field"),
    Shown("problem", "Problem"),
    Shown("chars", "Characters", count),
)


def fields_section(facts: AuditFacts) -> Section | None:
    empty = _empty(facts)
    filled = ~pc.field("field").isin(pa.array(empty, pa.string()))
    whole = _with_share(facts.rows("fields", where=(pc.field("category") == "") & filled))
    parts = _with_share(facts.rows("fields", where=(pc.field("category") != "") & filled, by="thin"))
    lead = written(facts, fields_sentence) + _left_out(empty)
    figure = _heat(parts.rows)
    blocks: list[Block] = [Figures((figure,))] if figure else []
    if whole:
        blocks.append(listing(whole, "The fields of all items.", WHOLE))
    if len({entry["category"] for entry in parts.rows}) > 1:
        blocks.append(listing(parts, "By category and field, the most thin items first.", BY_CATEGORY))
    blocks += measure_blocks(facts.listed("fields."), facts.terms)
    if items := facts.titled(facts.rows("thin_items", where=filled)):
        blocks.append(listing(items, "Items with a thin field.", THIN, folded="Thin items"))
    return Section("fields", "Fields", lead, tuple(blocks)) if lead or blocks else None


def _empty(facts: AuditFacts) -> list[str]:
    """Fields that no item has: most often, none was configured."""
    rows = facts.rows("fields", where=pc.field("category") == "").rows
    return [str(row["field"]) for row in rows if row["items"] and row["missing"] == row["items"]]


def _left_out(empty: Sequence[str]) -> tuple[Markup, ...]:
    if not empty:
        return ()
    names = Markup(", ").join(Name(shorten(one, 40)) for one in empty[:MAX_FIELDS])
    return (Markup("No item has a value in {}, so nothing is said of that here.").format(names),)


def _with_share(found: Rows) -> Rows:
    rows = tuple(
        entry | {"thin_share": entry["thin"] / entry["items"] if entry["items"] and entry["thin"] is not None else None}
        for entry in found.rows
    )
    return Rows(rows, found.total, found.file)


def _heat(rows: Sequence[dict[str, Any]]) -> Figure | None:
    """Share of thin items by category and field, of the categories with the most of them."""
    known = [entry for entry in rows if number(entry["thin_share"]) is not None]
    names = list(dict.fromkeys(str(entry["category"]) for entry in known))[:DRAWN]
    fields = list(dict.fromkeys(str(entry["field"]) for entry in known))[:MAX_FIELDS]
    if len(names) < 2 or not any(entry["thin"] for entry in known):
        return None
    labels = dict(zip(names, distinct_ids(names, MAX_LABEL), strict=True))
    heads = dict(zip(fields, distinct_ids(fields, MAX_LABEL), strict=True))
    shares = {(str(entry["category"]), str(entry["field"])): float(entry["thin_share"]) for entry in known}
    drawn = [
        Field(heads[field], labels[name], value)
        for (name, field), value in shares.items()
        if name in labels and field in heads
    ]
    finding = _thinnest({place: value for place, value in shares.items() if place[0] in labels and place[1] in heads})
    svg = draw_heat(
        drawn,
        columns=list(heads.values()),
        rows=list(labels.values()),
        title="Share of items that are thin there",
        name="fields",
        label=finding,
    )
    columns = (Column("Category", numeric=False), *(Column(head) for head in heads.values()))
    table_rows = tuple(
        row([text_cell(name), *(cell(fine_share(shares.get((name, field)))) for field in fields)]) for name in names
    )
    return Figure(svg, finding, Table("Share of items with a thin field", columns, table_rows, sortable=False))


def _thinnest(shares: dict[tuple[str, str], float]) -> str:
    """The category and field with the largest share, of the categories that have a name."""
    named = {place: value for place, value in shares.items() if place[0] not in UNNAMED}
    if not named:
        return "Share of items with a thin field."
    category, field = max(named, key=lambda place: named[place])
    share = fine_share(named[category, field])
    return f"The thinnest is “{shorten(field, MAX_NAME)}” in {shorten(category, MAX_NAME)}: {share} of its items."
