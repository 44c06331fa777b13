"""An audit, and two audits compared, on the terminal."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.apps.cli.console import print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG
from tilth.text import plural, printable, singular_of

if TYPE_CHECKING:
    from tilth.apps.project import AuditRun
    from tilth.audit.compare import Comparison, MeasureChange
    from tilth.report.audit import AuditMeasure

GAPS_SHOWN = 5
CHANGES_SHOWN = 20
EXAMPLES_SHOWN, EXAMPLE_CHARS = 2, 40
NO_COMMAND = ("coldstart",)
"""Steps whose gaps are found, while no command fills them yet."""
LEAST_SHARE = 0.01
"""Gaps with less of the demand are cheap for what they bring, but bring little: they are in the page's list."""


def show_audit(run: "AuditRun", config: Path | None = None) -> None:
    """The summary and the most valuable gaps; then what is wrong with the data, the measures, and what to do next.

    `config` is the path of the settings, for the command that comes next.
    """
    from tilth.apps.project.auditing.page import page_of
    from tilth.report.audit import summary_lines

    audit = run.audit
    content = page_of(audit, title="")
    say(_counted(audit.counts))
    for line in summary_lines(content):
        say(f"- {printable(line)}")
    _show_gaps(run)
    _show_findings(run)
    _show_measures([measure for measure in content.measures if not measure.where])
    for line in audit.notes:
        say(line)
    if run.comparison is not None:
        show_audits_compared(run.comparison)
    _show_next(run, config)
    say(f"Report: {run.report}")


def _show_gaps(run: "AuditRun") -> None:
    gaps = run.audit.gaps.table
    if not gaps.num_rows:
        say("No gaps were found.")
        return
    ranked = gaps.to_pylist()
    rows = sorted(ranked, key=lambda row: (row["demand_share"] or 0) < LEAST_SHARE)[:GAPS_SHOWN]
    by = "demand per dollar" if rows[0]["cost_usd"] is not None else "demand per call"
    if rows[0]["demand"] is None:
        by = "how much each mends, as no log says what is asked for"
    small = f"; those with under {LEAST_SHARE:.0%} of the demand last" if rows[0]["demand"] else ""
    some = f"The {len(rows)} most valuable of {gaps.num_rows:,} gaps, by {by}{small}"
    title = some if gaps.num_rows > len(rows) else f"Gaps, by {by}{small}" if len(rows) > 1 else "The only gap"
    columns = ["gap", "where", "size", "demand", "share", "calls", "cost", "demand per $"]
    print_table(f"\n{title}", columns, [_gap_row(row) for row in rows], left=2)


def _show_findings(run: "AuditRun") -> None:
    findings = [
        (one.table, _found(one.text, one.examples), printable(one.effect), f"{one.count:,} of {one.total:,}")
        for one in run.audit.findings
    ]
    if findings:
        print_table("\nAbout the data itself", ["in", "what was found", "what was done", "rows"], findings, left=3)


def _show_measures(measures: Sequence["AuditMeasure"]) -> None:
    """Those that have a value; how many have none."""
    known = [measure for measure in measures if measure.value is not None]
    if known:
        rows = [_measure_row(measure) for measure in known]
        print_table("\nMeasures", ["measure", "value", "95 % interval", "of"], rows)
    if missing := len(measures) - len(known):
        say(f"{plural(missing, 'measure')} without a value: the report says why.")


def _show_next(run: "AuditRun", config: Path | None) -> None:
    """The commands that take the gaps, and which gaps no command takes."""
    gaps = run.audit.gaps.table
    steps = set(gaps["step"].to_pylist())
    units = zip(gaps["step"].to_pylist(), gaps["unit"].to_pylist(), strict=True)
    of_suggest = {unit for step, unit in units if step == "suggest"}
    if uncommanded := [step for step in NO_COMMAND if step in steps]:
        say(
            f"No command fills gaps of {' or '.join(uncommanded)} yet; gap_members.parquet lists what they are made of."
        )
    if "queries" in of_suggest:
        say(
            "No command fills gaps of queries: they lack items, or items that say it so; "
            "gap_members.parquet lists them."
        )
    named = "" if config is None or config == DEFAULT_CONFIG else f" --config {config}"
    if "items" in of_suggest:
        say(
            f"Next: tilth suggest generate --gaps {run.folder}{named}\n"
            "      (an LLM writes queries that lead to the items in them)"
        )
    if "enrich" in steps:
        say(
            f"Next: tilth enrich attributes --gaps {run.folder}{named}\n"
            "      (it reads attributes from the titles and texts that are there; it writes no title or text)"
        )


def _counted(counts: Mapping[str, int]) -> str:
    named = [(name.replace("_", " "), count) for name, count in counts.items()]
    return ", ".join(plural(count, singular_of(name), name) for name, count in named)


def _found(text: str, examples: Sequence[str]) -> str:
    some = list(dict.fromkeys(examples))[:EXAMPLES_SHOWN]
    shown = ", ".join(printable(example)[:EXAMPLE_CHARS] for example in some)
    return printable(text) + (f", such as {shown}" if shown else "")


def _measure_row(measure: "AuditMeasure") -> tuple[object, ...]:
    value = _figure(measure.value, measure.unit) + ("" if measure.exact else " (about)")
    low, high = _figure(measure.low, measure.unit), _figure(measure.high, measure.unit)
    return measure.label, value, None if low == high else f"{low}–{high}", f"{measure.n:,}"


def _gap_row(row: dict[str, Any]) -> tuple[object, ...]:
    place = printable(row["place"])
    return (
        row["gap_id"],
        f"{row['step']}: {place}",
        plural(row["size"], singular_of(row["unit"]), row["unit"]),
        None if row["demand"] is None else _amount(row["demand"]),
        None if row["demand_share"] is None else _figure(row["demand_share"], "share"),
        f"{row['calls']:,}",
        None if row["cost_usd"] is None else _price(row["cost_usd"]),
        None if row["demand_per_usd"] is None else f"{row['demand_per_usd']:,.0f}",
    )


def _amount(demand: float) -> str:
    """Demand may be expected, so a fraction: whole from 100 on."""
    return f"{demand:,.0f}" if demand >= 100 or demand == round(demand) else f"{demand:.2g}"


def _price(cost_usd: float) -> str:
    """To the cent, which is as far as an estimate goes."""
    return "< $0.01" if 0 < cost_usd < 0.01 else f"${cost_usd:,.2f}"


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
    moved = [gap for gap in comparison.gaps if gap.state not in ("same", "not measured")]
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
