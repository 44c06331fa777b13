"""Which fields of the catalog are thin, and where."""

from collections.abc import Sequence
from typing import Any

import pyarrow.compute as pc

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, Shown, listing
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.rows import Rows
from tilth.report.audit.words import fields_sentence, written
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.heat import Field, draw_heat
from tilth.report.clean import distinct_ids
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
    Shown("item_id", "Item"),
    Shown("category", "Category", empty=NO_CATEGORY),
    Shown("field", "Field"),
    Shown("problem", "Problem"),
    Shown("chars", "Characters", count),
)


def fields_section(facts: AuditFacts) -> Section | None:
    whole = _with_share(facts.rows("fields", where=pc.field("category") == ""))
    parts = _with_share(facts.rows("fields", where=pc.field("category") != "", by="thin"))
    lead = written(facts, fields_sentence)
    figure = _heat(parts.rows)
    blocks: list[Block] = [Figures((figure,))] if figure else []
    if whole:
        blocks.append(listing(whole, "The fields of all items.", WHOLE))
    if len({entry["category"] for entry in parts.rows}) > 1:
        blocks.append(listing(parts, "By category and field, the most thin items first.", BY_CATEGORY))
    blocks += measure_blocks(facts.listed("fields."), facts.terms)
    if items := facts.rows("thin_items"):
        blocks.append(listing(items, "Items with a thin field.", THIN, folded="Thin items"))
    return Section("fields", "Fields", lead, tuple(blocks)) if lead or blocks else None


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
    worst = max(drawn, key=lambda one: one.value)
    finding = f"The thinnest is “{worst.column}” in {worst.row}: {fine_share(worst.value)} of its items."
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
        row([cell(Name(label, plain=True)), *(cell(fine_share(shares.get((name, field)))) for field in fields)])
        for name, label in labels.items()
    )
    return Figure(svg, finding, Table("Share of items with a thin field", columns, table_rows, sortable=False))
