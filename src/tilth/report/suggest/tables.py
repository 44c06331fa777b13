"""The tables of the page."""

from typing import Any

from tilth.report.blocks import Column, Row, Table, cell, figure_cell, row
from tilth.report.numbers import Name, count, measured, metric, share, signed


def verdicts_table(found: dict[str, Any]) -> Table:
    columns = (
        Column("Source", numeric=False),
        Column("Verdict", numeric=False),
        Column("MRR@10", hint="Gain over all other sources, the mean over the characters typed"),
        Column("Coverage"),
        Column("Keystrokes saved"),
        Column("Items with it alone", hint="Share of the catalog that is brought back with this source only"),
    )
    rows = [
        row(
            [
                cell(Name(f"{one['source']} (synthetic)" if one["synthetic"] else one["source"], plain=True)),
                cell(one["said"]),
                cell(measured(one["gain"], signed)),
                cell(measured(one["coverage"], signed)),
                cell(measured(one["saved"], signed)),
                figure_cell(share(one["items_only"]), one["items_only"]),
            ]
        )
        for one in found["verdicts"]
    ]
    return Table("What is lost without each source, paired on the same searches", columns, tuple(rows))


def sources_table(found: dict[str, Any]) -> Table:
    columns = (Column("Source", numeric=False), Column("Candidates"))
    rows = [
        row([cell(Name(kind, plain=True)), figure_cell(count(n), n)]) for kind, n in found["candidates"].items() if n
    ]
    return Table("Candidates before filtering", columns, tuple(rows), folded="How many candidates each source gave")


def variants_table(found: dict[str, Any]) -> Table:
    columns = (
        Column("Suggester", numeric=False),
        Column("Suggestions"),
        *_measure_columns(found),
        Column("Never found", hint="Share of the items that no suggestion brings back which brings back several"),
        Column("Gini", hint="How unevenly items are brought back; 0 is even"),
        Column("Exploratory", hint="Share of what is offered that names no single item"),
    )
    rows = [
        row(
            [
                cell(Name(one["name"], plain=True)),
                figure_cell(count(one["suggestions"]), one["suggestions"]),
                *_measure_cells(one["measures"], found),
                cell(measured(one["never"], share)),
                cell(measured(one["gini"])),
                cell(measured(one["exploratory"], share)),
            ],
            marked=one["name"] == found["shipped"],
        )
        for one in found["variants"]
    ]
    return Table("All suggesters on the same searches; the marked one is what would be served", columns, tuple(rows))


def slices_table(found: dict[str, Any]) -> Table:
    columns = (Column("Searches for", numeric=False), Column("Searches"), *_measure_columns(found))
    words = {"demand": "{} queries", "category": "{} categories"}
    rows: list[Row] = []
    for one in found["slices"]:
        name = one["name"] if one["name"] == "no category" else words[one["of"]].format(one["name"])
        searches = one["measures"]["searches"]
        rows.append(row([cell(name), figure_cell(count(searches), searches), *_measure_cells(one["measures"], found)]))
    caption = "What would be served, by how often a query was asked before and by its category"
    return Table(caption, columns, tuple(rows), sortable=False)


def _measure_columns(found: dict[str, Any]) -> list[Column]:
    typed = [f"after {chars}" for chars in found["chars"]]
    return [
        Column("Coverage", hint="Share of the searches that some suggestion says"),
        *(Column(f"MRR@10 {after}") for after in typed),
        *(Column(f"Hit@10 {after}") for after in typed),
        Column("Saved", hint="Share of the characters that need not be typed"),
    ]


def _measure_cells(measures: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    chars = [str(one) for one in found["chars"]]
    return [
        cell(measured(measures["coverage"], share)),
        *(cell(measured(measures["mrr"][one], metric)) for one in chars),
        *(cell(measured(measures["hit"][one], share)) for one in chars),
        cell(measured(measures["saved"], share)),
    ]
