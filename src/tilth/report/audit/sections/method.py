"""How it was measured, what is an estimate, and what could not be had."""

from collections.abc import Sequence

from markupsafe import Markup

from tilth.report.audit.content import AuditMeasure
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.measures import label_of
from tilth.report.audit.rows import MAX_ROWS
from tilth.report.blocks import Block, Cell, Column, Section, Table, cell, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import MISSING, Name, count, number

MAX_NOTE = 240
NO_NOTE = "the data do not hold what it needs"


def method_section(facts: AuditFacts) -> Section | None:
    measures = facts.content.measures
    if not measures and not facts.content.counts:
        return None
    estimated = [one for one in measures if not one.exact and number(one.value) is not None]
    missing = [one for one in measures if number(one.value) is None]
    blocks: list[Block] = []
    if facts.content.counts:
        rows = tuple(
            row([cell(Name(shorten(what, 60), plain=True)), figure_cell(count(n), n)])
            for what, n in facts.content.counts.items()
        )
        blocks.append(Table("What was read.", (Column("What", numeric=False), Column("Number")), rows, sortable=False))
    if estimated:
        blocks.append(_noted(facts, estimated, "Measures that are estimates.", "How"))
    if missing:
        blocks.append(_noted(facts, missing, "Measures without a value.", "Why"))
    return Section("method", "How it was measured", _lead(facts, estimated), tuple(blocks))


def _lead(facts: AuditFacts, estimated: Sequence[AuditMeasure]) -> tuple[Markup, ...]:
    exact = "Every number is exact: all rows were counted, none was drawn."
    some = f"All rows were counted, save for {count(len(estimated))} of {count(len(facts.content.measures))} measures."
    intervals = Markup(
        "Intervals are 95\u202f% ones. Users (for searches: sessions) are dealt into {} groups by a hash of their id; "
        "each measure is worked out again without each group in turn, and how far it moves gives its interval "
        "(delete-a-group jackknife). They say what other users of the same kind would have shown, not what another "
        "catalog would. The groups are the same in every audit, so two audits compare user by user."
    )
    return (Markup("{}").format(some if estimated else exact), intervals.format(facts.content.groups))


def _noted(facts: AuditFacts, measures: Sequence[AuditMeasure], caption: str, title: str) -> Table:
    rest = f" {MAX_ROWS} of {len(measures):,}; audit.json has them all." if len(measures) > MAX_ROWS else ""
    columns = (Column("Measure", numeric=False), Column("Of", numeric=False), Column(title, numeric=False))
    rows = tuple(
        row(
            [
                Cell(label_of(one, facts.terms), sort=one.label.casefold()[:80]),
                Cell(Name(shorten(one.where, 60), plain=True) if one.where else "everything", sort=one.where[:60]),
                Cell(Name(shorten(one.note, MAX_NOTE) or (NO_NOTE if title == "Why" else MISSING), plain=True)),
            ]
        )
        for one in measures[:MAX_ROWS]
    )
    return Table(caption + rest, columns, rows, sortable=False)
