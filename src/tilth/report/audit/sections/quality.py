"""What is wrong with the data themselves, and what the audit did about it."""

from markupsafe import Markup

from tilth.report.audit.content import AuditFinding
from tilth.report.audit.facts import AuditFacts
from tilth.report.audit.listing import text_cell
from tilth.report.audit.rows import MAX_ROWS
from tilth.report.blocks import Cell, Column, Row, Section, Table, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.numbers import MISSING, Name, count, fine_share, plural, share
from tilth.report.phrases import full_sentence

MAX_TEXT = 240
MAX_EXAMPLE = 40
EXAMPLES = 3
SMALL = 0.01
COLUMNS = (
    Column("Finding", numeric=False),
    Column("Where", numeric=False),
    Column("Rows"),
    Column("Share"),
    Column("Effect", numeric=False),
    Column("Such as", numeric=False),
)


def quality_section(facts: AuditFacts) -> Section | None:
    findings = sorted(facts.content.findings, key=lambda one: -_share(one))
    if not facts.content.counts and not findings:
        return None
    if not findings:
        return Section("quality", "Data quality", (Markup("Nothing was found that is wrong with the data."),))
    rest = f" {MAX_ROWS} of {len(findings):,}; audit.json has them all." if len(findings) > MAX_ROWS else ""
    rows = tuple(_row(one) for one in findings[:MAX_ROWS])
    table = Table(f"What was found, and what the audit did about it.{rest}", COLUMNS, rows)
    return Section("quality", "Data quality", (_lead(findings),), (table,))


def _share(finding: AuditFinding) -> float:
    return finding.count / finding.total if finding.total > 0 else 0.0


def _lead(findings: list[AuditFinding]) -> Markup:
    text = Markup("<strong>{} about the data</strong>, that on the largest share of rows first; {} on less than {}.")
    small = sum(_share(one) < SMALL for one in findings)
    return text.format(plural(len(findings), "finding"), small or "none", share(SMALL))


def _row(finding: AuditFinding) -> Row:
    text = full_sentence(shorten(finding.text or finding.name, MAX_TEXT))
    effect = full_sentence(shorten(finding.effect, MAX_TEXT))
    examples = " · ".join(shorten(one, MAX_EXAMPLE) for one in finding.examples[:EXAMPLES])
    return row(
        [
            Cell(Name(text, plain=True), sort=text.casefold()[:80]),
            Cell(Name(shorten(finding.table, 40)), sort=finding.table[:40]),
            figure_cell(count(finding.count), finding.count),
            Cell(fine_share(_share(finding)) if finding.total > 0 else MISSING, sort=_share(finding)),
            Cell(Name(effect, plain=True), sort=effect.casefold()[:80]),
            text_cell(examples),
        ]
    )
