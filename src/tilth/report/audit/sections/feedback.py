"""What users say outright, and how far their silence can be trusted."""

from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import Shown, listing, text_cell
from tilth.report.audit.measures import measure_blocks
from tilth.report.audit.rows import Rows
from tilth.report.audit.words import feedback_sentence, trust_sentence, written
from tilth.report.blocks import Block, Cell, Column, Section, Table, figure_cell, row
from tilth.report.numbers import count, fine_share, measured

KINDS = (
    Shown("kind", "Kind"),
    Shown("role", "Counts as"),
    Shown("events", "Events", count),
    Shown("share", "Share", fine_share),
    Shown("users", "Users", count),
)


def feedback_section(facts: AuditFacts) -> Section | None:
    lead = written(facts, feedback_sentence, trust_sentence)
    blocks: list[Block] = []
    if kinds := facts.rows("feedback", by="events"):
        blocks.append(listing(kinds, "Events by kind.", KINDS))
    if trust := facts.rows("trust"):
        blocks.append(_trust(trust))
    blocks += measure_blocks(facts.listed("feedback."), facts.terms)
    return Section("feedback", "Feedback", lead, tuple(blocks)) if lead or blocks else None


def _trust(found: Rows) -> Table:
    columns = (Column("Signal", numeric=False), Column("Cases"), Column("Agree"), Column("Precision"))
    rows = tuple(
        row(
            [
                text_cell(str(entry["signal"] or "")),
                figure_cell(count(entry["pairs"]), entry["pairs"]),
                figure_cell(count(entry["agree"]), entry["agree"]),
                _precision(entry["precision"], entry["low"], entry["high"]),
            ]
        )
        for entry in found.rows
    )
    caption = "Where a user gave explicit and implicit feedback on the same item: how often both say the same."
    return Table(caption + found.rest, columns, rows)


def _precision(value: float | None, low: float | None, high: float | None) -> Cell:
    found = measured({"value": value, "low": low, "high": high}, fine_share)
    return Cell(found.text, found.interval, found.value)
