"""What is searched for, and what comes back."""

from typing import Any

import pyarrow.compute as pc

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, Shown, listing
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.rows import Rows
from tilth.report.audit.supply import supply_figure
from tilth.report.audit.words import results_sentence, unmet_sentence, written
from tilth.report.blocks import Block, Column, Figure, Figures, Section, Table, cell, row
from tilth.report.charts.ranks import draw_ranks
from tilth.report.clean import shorten
from tilth.report.numbers import count, fine_share, metric, number, plural

MAX_POINTS = 500
POINTS_LISTED = 20
EXAMPLES = 3
MAX_EXAMPLE = 30
BANDS = (
    Shown("band", "Part"),
    Shown("queries", "Queries", count),
    Shown("queries_share", "Share of queries", fine_share),
    Shown("searches", "Searches", count),
    Shown("searches_share", "Share of searches", fine_share),
    Shown("zero_result_share", "No result", fine_share, hint="Share of the part’s searches"),
    Shown("zero_click_share", "No click", fine_share, hint="Share of the part’s searches"),
)
QUERIES = (
    Shown("query", "Query"),
    Shown("searches", "Searches", count),
    Shown("users", "Users", count),
    Shown("zero_results", "No result", count, hint="Searches that brought back nothing"),
    Shown("clicks", "With a click", count),
    Shown("reformulated", "Asked anew", count, hint="Followed by another wording of the same"),
    Shown("reach", "Reach", hint="What searching the catalog for it gives: none, weak (no item has all words), full"),
    Shown("nearest", "Nearest", metric, hint="Share of the query’s word weight that the best item covers"),
)
UNMET = (
    Shown("cluster", "Word"),
    Shown("queries", "Queries", count),
    Shown("searches", "Searches", count),
    Shown("searches_share", "Share of searches", fine_share),
    Shown("zero_results", "No result", count, hint="Searches that brought back nothing"),
    Shown("best_category", "Nearest category"),
    Shown("examples", "Such as"),
)
REACH = (
    Shown("category", "Category", empty=NO_CATEGORY),
    Shown("items", "Items", count),
    Shown("unreached", "Unreached", count),
    Shown("unreached_share", "Share", fine_share),
)
UNREACHED = (Shown("title", "Item"), Shown("item_id", "Id"), Shown("category", "Category", empty=NO_CATEGORY))


def search_section(facts: AuditFacts) -> Section | None:
    lead = written(facts, results_sentence, unmet_sentence)
    figures = tuple(figure for figure in (_tail(facts), _supply(facts)) if figure)
    blocks: list[Block] = [Figures(figures)] if figures else []
    if bands := facts.rows("query_bands"):
        caption = "Head: the most frequent queries, a third of the searches; torso: the next third; tail: the rest."
        blocks.append(listing(bands, caption, BANDS))
    blocks += measure_blocks(facts.listed("search."), facts.terms)
    if unmet := _unmet(facts):
        blocks.append(
            listing(unmet, "Queries that share few words with any item, by a word they have in common.", UNMET)
        )
    blocks += _queries(facts)
    if reach := facts.rows("reach", by="unreached"):
        blocks.append(listing(reach, "Items that no logged query brings back among the first results.", REACH))
    if items := facts.titled(facts.rows("unreached_items")):
        blocks.append(listing(items, "Items that no logged query reaches.", UNREACHED, folded="Unreached items"))
    return Section("search", "Search", lead, tuple(blocks)) if lead or blocks else None


def _queries(facts: AuditFacts) -> list[Block]:
    """The most frequent queries with a problem, then the most frequent ones."""
    kinds = (
        ("Queries that share few words with any item.", pc.field("unmet").is_valid(), "Queries near no item"),
        ("Queries that brought back nothing.", pc.field("zero_results") > 0, "Queries without results"),
        ("Queries without any click.", pc.field("clicks") == 0, "Queries without a click"),
        ("Queries that are likely misspelled.", pc.field("likely_misspelled"), "Likely misspelled queries"),
        ("The most frequent queries.", None, "The most frequent queries"),
    )
    found = [(facts.rows("queries", where=where), caption, folded) for caption, where, folded in kinds]
    return [listing(rows, caption, QUERIES, folded=folded) for rows, caption, folded in found if rows]


def _unmet(facts: AuditFacts) -> Rows:
    found = facts.rows("unmet")
    named = tuple(
        entry | {"examples": " · ".join(shorten(str(one), MAX_EXAMPLE) for one in (entry["examples"] or [])[:EXAMPLES])}
        for entry in found.rows
    )
    return Rows(named, found.total, found.file)


def _supply(facts: AuditFacts) -> Figure | None:
    """Share of the catalog against share of the searches."""
    return supply_figure(facts.rows("supply", by="searches").rows, key="demand_share", demand="searches", name="asked")


def _tail(facts: AuditFacts) -> Figure | None:
    points = [
        {"rank": float(entry["rank"]), "searches": float(entry["searches"]), "cumulative": entry["cumulative_share"]}
        for entry in facts.rows("query_tail", by="rank", ascending=True, limit=MAX_POINTS).rows
        if (number(entry["rank"]) or 0) >= 1 and (number(entry["searches"]) or 0) >= 1
    ]
    if len(points) < 2:
        return None
    bands = {entry["band"]: number(entry["queries"]) or 0.0 for entry in facts.rows("query_bands").rows}
    head, torso, tail = (bands.get(name, 0.0) for name in ("head", "torso", "tail"))
    finding = _finding(points, head, tail)
    marks = [(end, name) for end, name in ((head, "head"), (head + torso, "torso")) if 1 < end < points[-1]["rank"]]
    svg = draw_ranks(points, marks=marks, name="queries", label=finding)
    return Figure(svg, finding, _tail_table(points))


def _finding(points: list[dict[str, Any]], head: float, tail: float) -> str:
    top = f"The most frequent query was searched {plural(points[0]['searches'], 'time')}"
    if not head or not tail:
        return f"{top}, the one of rank {count(points[-1]['rank'])} {plural(points[-1]['searches'], 'time')}."
    third = f"{plural(head, 'query')} make a third of all searches, while the last third needs {count(tail)}"
    return f"{top}; {third}."


def _tail_table(points: list[dict[str, Any]]) -> Table:
    step = max(1, (len(points) - 1) // (POINTS_LISTED - 1))
    shown = [*points[:-1:step], points[-1]]
    rows = tuple(
        row([cell(count(one["rank"])), cell(count(one["searches"])), cell(fine_share(one["cumulative"]))])
        for one in shown
    )
    columns = (Column("Rank"), Column("Searches"), Column("Searches up to here"))
    return Table("Searches by the rank of the query", columns, rows, sortable=False)
