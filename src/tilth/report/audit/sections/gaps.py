"""Where to spend first."""

from typing import Any

from markupsafe import Markup

from tilth.report.audit.facts import SMALL, AuditFacts
from tilth.report.audit.listing import NO_CATEGORY, text_cell
from tilth.report.audit.rows import Rows
from tilth.report.audit.words import gap_sentence, units, written
from tilth.report.blocks import Block, Cell, Column, Row, Section, Table, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import Name, amount, fine_share, money, number, plural, share

MAX_PLACE = 100
MAX_REASON = 240
MAX_EXAMPLE = 40
EXAMPLES = 3
COLUMNS = (
    Column("Gap", numeric=False),
    Column("Step", numeric=False, hint="The command that fills it"),
    Column("Size"),
    Column("Demand", hint="Events or searches that it carries"),
    Column("Cost"),
    Column("Demand per $"),
    Column("Such as", numeric=False),
)


def gaps_section(facts: AuditFacts) -> Section | None:
    large, small = facts.gaps(small=False), facts.gaps(small=True)
    if not large and not small:
        return None
    blocks: list[Block] = []
    if large:
        blocks.append(_table(facts, large, "The most demand per dollar first."))
    if small:
        caption = f"Gaps with less than {share(SMALL)} of the demand, the most demand per dollar first."
        blocks.append(_table(facts, small, caption, folded="Small gaps" if large else ""))
    return Section("gaps", "Where to spend first", written(facts, gap_sentence) + _total(large), tuple(blocks))


def _table(facts: AuditFacts, gaps: Rows, caption: str, folded: str = "") -> Table:
    return Table(caption + gaps.rest, COLUMNS, tuple(_row(facts, gap) for gap in gaps.rows), folded=folded)


def _total(gaps: Rows) -> tuple[Markup, ...]:
    """What all of the gaps would cost."""
    costs = [number(gap["cost_usd"]) for gap in gaps.rows]
    known = [cost for cost in costs if cost is not None]
    if len(gaps.rows) < 2 or not known:
        return ()
    which = f"these {len(known)} gaps" if gaps.total == len(known) else f"the {len(known)} first with a price"
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
            Cell(amount(gap["demand"]), _of_all(gap), number(gap["demand"])),
            Cell(money(gap["cost_usd"]), plural(gap["calls"], "LLM call"), number(gap["cost_usd"])),
            figure_cell(amount(gap["demand_per_usd"]), gap["demand_per_usd"]),
            text_cell(" · ".join(examples)),
        ]
    )


def _of_all(gap: dict[str, Any]) -> str:
    touched = number(gap["demand_share"])
    return "" if touched is None else f"{fine_share(touched)} of all"
