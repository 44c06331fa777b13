"""What changed since an earlier audit."""

from markupsafe import Markup

from tilth.report.audit.content import AuditChange
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import text_cell
from tilth.report.audit.measures import STYLES
from tilth.report.audit.rows import MAX_ROWS
from tilth.report.blocks import Cell, Column, Row, Section, Table, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import MISSING, Measured, Name, metric, number, plural

COLUMNS = (
    Column("Measure", numeric=False),
    Column("Before"),
    Column("Now"),
    Column("Difference"),
    Column("Verdict", numeric=False, hint="Better or worse only beyond what chance explains"),
)


def changes_section(facts: AuditFacts) -> Section | None:
    changes = facts.content.changes
    if not changes:
        return None
    verdicts = [change.verdict for change in changes]
    better, worse = verdicts.count("better"), verdicts.count("worse")
    since = Markup(" since {}").format(Name(shorten(facts.content.compared_with, 60), plain=True))
    said = Markup("<strong>{} got better and {} worse</strong>{}, beyond what chance explains; {} cannot be told.")
    named = since if facts.content.compared_with else ""
    lead = said.format(plural(better, "measure"), worse, named, len(changes) - better - worse)
    rest = f" {MAX_ROWS} of {len(changes):,} measures." if len(changes) > MAX_ROWS else ""
    caption = f"Differences with 95\u202f% intervals, paired by users.{rest}"
    table = Table(caption, COLUMNS, tuple(map(_row, changes[:MAX_ROWS])))
    return Section("changes", "What changed", (lead,), (table,))


def _row(change: AuditChange) -> Row:
    style = STYLES.get(change.unit, metric)
    before, after, by = (number(value) for value in (change.before, change.after, change.difference))
    found = Measured(by, number(change.low), number(change.high), style)
    sign = "+" if (by or 0.0) > 0 else ""
    where = shorten(change.where, 60)
    return row(
        [
            Cell(Name(shorten(change.label or change.name, 80), plain=True), where, change.label.casefold()[:80]),
            figure_cell(style(before), before),
            figure_cell(style(after), after),
            Cell(sign + found.text if found.known else MISSING, found.interval, by),
            text_cell(change.verdict),
        ]
    )
