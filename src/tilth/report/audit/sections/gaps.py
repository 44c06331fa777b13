"""Where to spend first."""

from typing import Any

from markupsafe import Markup

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, text_cell
from tilth.report.audit.rows import Rows
from tilth.report.audit.words import gap_sentence, units, written
from tilth.report.blocks import Cell, Column, Row, Section, Table, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import Name, amount, count, fine_share, money, number

MAX_PLACE = 100
MAX_REASON = 240
MAX_EXAMPLE = 40
EXAMPLES = 3
COLUMNS = (
    Column("Gap", numeric=False),
    Column("Step", numeric=False, hint="The command that fills it"),
    Column("Size"),
    Column("Demand", hint="Events or searches that it carries"),
    Column("Of all", hint="Share of all demand"),
    Column("LLM calls"),
    Column("Cost"),
    Column("Demand per $"),
    Column("Such as", numeric=False),
)


def gaps_section(facts: AuditFacts) -> Section | None:
    gaps = facts.gaps()
    if not gaps:
        return None
    lead = written(facts, gap_sentence) + _total(gaps)
    return Section("gaps", "Where to spend first", lead, (gap_table(facts, gaps, "The most demand per dollar first."),))


def gap_table(facts: AuditFacts, gaps: Rows, caption: str) -> Table:
    return Table(caption + gaps.rest, COLUMNS, tuple(_row(facts, gap) for gap in gaps.rows))


def _total(gaps: Rows) -> tuple[Markup, ...]:
    """What all of the gaps would cost."""
    costs = [number(gap["cost_usd"]) for gap in gaps.rows]
    known = [cost for cost in costs if cost is not None]
    if len(gaps.rows) < 2 or not known:
        return ()
    which = f"the first {len(known)} gaps" if gaps.total > len(known) else f"all {len(known)} gaps"
    text = Markup(
        "Filling {} would cost {}. What each is made of is in gap_members.parquet, for the step that fills it."
    )
    return (text.format(which, money(sum(known))),)


def _row(facts: AuditFacts, gap: dict[str, Any]) -> Row:
    place = shorten(str(gap["place"]), MAX_PLACE) or NO_CATEGORY
    examples = [shorten(one, MAX_EXAMPLE) for one in facts.examples(str(gap["gap_id"]), EXAMPLES)]
    return row(
        [
            Cell(Name(place, plain=True), shorten(str(gap["reason"]), MAX_REASON), place.casefold()),
            Cell(Name(shorten(str(gap["step"]), 24)), sort=str(gap["step"])[:24]),
            Cell(units(gap), sort=number(gap["size"])),
            figure_cell(amount(gap["demand"]), gap["demand"]),
            figure_cell(fine_share(gap["demand_share"]), gap["demand_share"]),
            figure_cell(count(gap["calls"]), gap["calls"]),
            figure_cell(money(gap["cost_usd"]), gap["cost_usd"]),
            figure_cell(amount(gap["demand_per_usd"]), gap["demand_per_usd"]),
            text_cell(" · ".join(examples)),
        ]
    )
