"""What changed since an earlier audit."""

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from tilth.report.audit.content import AuditChange
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import text_cell
from tilth.report.audit.measures import STYLES
from tilth.report.audit.rows import MAX_ROWS
from tilth.report.blocks import Cell, Column, Row, Section, Table, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import MISSING, Measured, Name, metric, number, plural
from tilth.report.phrases import moment

COLUMNS = (
    Column("Measure", numeric=False),
    Column("Before"),
    Column("Now"),
    Column("Difference"),
    Column("Verdict", numeric=False, hint="Better or worse only beyond what chance explains"),
)
ORDER = {verdict: at for at, verdict in enumerate(("worse", "better", "changed", "no evidence", "same"))}
"""What is to be seen first."""


def changes_section(facts: AuditFacts) -> Section | None:
    changes = facts.content.changes
    if not changes:
        return None
    changes = sorted(changes, key=lambda change: ORDER.get(change.verdict, len(ORDER)))
    rest = f" {MAX_ROWS} of {len(changes):,} measures." if len(changes) > MAX_ROWS else ""
    caption = f"Differences with 95\u202f% intervals, paired by users.{rest}"
    table = Table(caption, COLUMNS, tuple(map(_row, changes[:MAX_ROWS])))
    return Section("changes", "What changed", (_lead(changes, facts.content.compared_with),), (table,))


def _lead(changes: Sequence[AuditChange], compared_with: str) -> Markup:
    """How many measures got which verdict."""
    tally = Counter(change.verdict for change in changes)
    since = Markup(" since {}").format(Name(shorten(moment(compared_with), 60), plain=True)) if compared_with else ""
    verbs = (("same", "is", "are", "unchanged"), ("no evidence", "cannot be", "cannot be", "told"))
    others = [f"{tally[key]} {one if tally[key] == 1 else many} {rest}" for key, one, many, rest in verbs if tally[key]]
    if tally["changed"]:
        others.append(f"{tally['changed']} changed, which is neither better nor worse")
    said = Markup("<strong>{} got better and {} worse</strong>{}, beyond what chance explains{}.")
    rest = "; " + ", ".join(others) if others else ""
    return said.format(plural(tally["better"], "measure"), tally["worse"], since, rest)


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
