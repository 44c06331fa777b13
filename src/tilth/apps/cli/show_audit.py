"""An audit, and two audits compared, on the terminal."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.apps.cli.console import money, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG
from tilth.text import printable

if TYPE_CHECKING:
    from tilth.apps.project import AuditRun
    from tilth.audit.compare import Comparison, MeasureChange
    from tilth.report.audit import AuditMeasure

GAPS_SHOWN = 5
CHANGES_SHOWN = 20
EXAMPLES_SHOWN, EXAMPLE_CHARS = 2, 40
LEAST_SHARE = 0.01
"""Gaps with less of the demand are cheap for what they bring, but bring little: they are in the page's list."""


def show_audit(run: "AuditRun", config: Path | None = None) -> None:
    """The measures of the whole, what is wrong with the data, the most valuable gaps, and what to do next.

    `config` is the path of the settings, for the command that comes next.
    """
    from tilth.apps.project.audit_page import measure_of

    audit = run.audit
    say(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in audit.counts.items()))
    whole = [measure_of(measure) for measure in audit.measures if not measure.where]
    print_table("", ["measure", "value", "95 % interval", "of"], [_measure_row(one) for one in whole])
    findings = [
        (one.table, _found(one.text, one.examples), printable(one.effect), f"{one.count:,} of {one.total:,}")
        for one in audit.findings
    ]
    if findings:
        print_table("\nAbout the data itself", ["in", "what was found", "what was done", "rows"], findings, left=3)
    _show_gaps(run, config)
    for line in audit.notes:
        say(line)
    if run.comparison is not None:
        show_audits_compared(run.comparison)
    say(f"Report: {run.report}")


def _show_gaps(run: "AuditRun", config: Path | None) -> None:
    gaps = run.audit.gaps.table
    if not gaps.num_rows:
        say("No gaps were found.")
        return
    ranked = gaps.to_pylist()
    rows = sorted(ranked, key=lambda row: (row["demand_share"] or 0) < LEAST_SHARE)[:GAPS_SHOWN]
    by = "demand per dollar" if rows[0]["cost_usd"] is not None else "demand per call"
    if rows[0]["demand"] is None:
        by = "the fewest calls, as no log says what is asked for"
    small = f"; those with under {LEAST_SHARE:.0%} of the demand last" if rows[0]["demand"] else ""
    title = f"\nThe {len(rows)} most valuable of {gaps.num_rows:,} gaps, by {by}{small}"
    columns = ["gap", "where", "size", "demand", "share", "calls", "cost", "demand per $"]
    print_table(title, columns, [_gap_row(row) for row in rows], left=2)
    if any(row["step"] == "enrich" for row in ranked):
        named = "" if config is None or config == DEFAULT_CONFIG else f" --config {config}"
        say(f"Next: tilth enrich attributes --gaps {run.folder}{named}")


def _found(text: str, examples: Sequence[str]) -> str:
    shown = ", ".join(printable(example)[:EXAMPLE_CHARS] for example in examples[:EXAMPLES_SHOWN])
    return printable(text) + (f", such as {shown}" if shown else "")


def _measure_row(measure: "AuditMeasure") -> tuple[object, ...]:
    value = _figure(measure.value, measure.unit) + ("" if measure.exact else " (about)")
    ends = (measure.low, measure.high)
    interval = None if None in ends else "–".join(_figure(end, measure.unit) for end in ends)
    return measure.label, value if measure.value is not None else None, interval, f"{measure.n:,}"


def _gap_row(row: dict[str, Any]) -> tuple[object, ...]:
    place = printable(row["place"])
    return (
        row["gap_id"],
        f"{row['step']}: {place}",
        f"{row['size']:,} {row['unit']}",
        None if row["demand"] is None else f"{row['demand']:,.0f}",
        None if row["demand_share"] is None else f"{row['demand_share']:.1%}",
        f"{row['calls']:,}",
        None if row["cost_usd"] is None else money(row["cost_usd"]),
        None if row["demand_per_usd"] is None else f"{row['demand_per_usd']:,.0f}",
    )


def show_audits_compared(comparison: "Comparison") -> None:
    """What is better and worse first; then what changed in the gaps."""
    for line in comparison.notes:
        say(f"note: {line}")
    counted = [f"{name.replace('_', ' ')} {_count(a)} -> {_count(b)}" for name, (a, b) in comparison.counts.items()]
    say(", ".join(counted))
    order = ("worse", "better", "changed", "no evidence", "same", "not comparable")
    changes = sorted(comparison.measures, key=lambda change: order.index(change.verdict))
    rows = [_change_row(change) for change in changes[:CHANGES_SHOWN]]
    print_table("", ["measure", "verdict", "before", "after", "difference", "95 % interval"], rows, left=2)
    if len(changes) > CHANGES_SHOWN:
        say(f"{len(changes) - CHANGES_SHOWN:,} more; --json lists all")
    moved = [gap for gap in comparison.gaps if gap.state != "same"]
    gap_rows = [
        (gap.gap_id, f"{gap.step}: {printable(gap.place)}", gap.state, _count(gap.size[0]), _count(gap.size[1]))
        for gap in moved[:CHANGES_SHOWN]
    ]
    if gap_rows:
        print_table("\nGaps that changed", ["gap", "where", "state", "size before", "after"], gap_rows, left=3)
    tally = ", ".join(f"{count} {verdict}" for verdict, count in comparison.tally().items())
    say(f"Measures: {tally or 'none'}")


def _change_row(change: "MeasureChange") -> tuple[object, ...]:
    label = f"{change.label}, {printable(change.where)}" if change.where else change.label
    difference, unit = change.difference, change.unit
    shown = (None, None) if difference is None else (_signed(difference.value, unit), None)
    if difference is not None and isfinite(difference.low):
        shown = (shown[0], f"{_signed(difference.low, unit)} to {_signed(difference.high, unit)}")
    return label, change.verdict, _figure(change.before, unit), _figure(change.after, unit), *shown


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "share":
        # Matrices are sparse: a density of 0.0003 % must not read 0.0 %.
        return f"{100 * value:.3g} %" if 0 < abs(value) < 0.001 else f"{100 * value:.1f} %"
    if unit == "days":
        return f"{value:,.1f} days"
    return f"{value:,.0f}" if unit == "count" and value == round(value) else f"{value:,.3g}"


def _signed(value: float, unit: str) -> str:
    text = _figure(abs(value), unit)
    return f"+{text}" if value > 0 else f"-{text}" if value < 0 else text


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
