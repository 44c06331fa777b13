"""Whether a probability means what it says."""

from markupsafe import Markup

from tilth.report.blocks import Cell, Column, Figure, Figures, Section, Table, row
from tilth.report.charts.reliability import draw_reliability
from tilth.report.clean import shorten
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import count, metric, number


def calibration_section(facts: Facts) -> Section | None:
    bins = _bins(facts)
    if not bins:
        return None
    ece = number((facts.student or {}).get("ece"))
    finding = _finding(bins, ece)
    title = f"Share that is {shorten(facts.positive, 24)}"
    figure = Figure(draw_reliability(bins, title=title, name="calibration", label=finding), finding, _data(bins, title))
    return Section("calibration", "What a probability means", _lead(facts, ece), (Figures((figure,)),))


def _bins(facts: Facts) -> list[dict[str, float]]:
    bins: list[dict[str, float]] = []
    for entry in facts.distilled.get("reliability") or []:
        values = {key: number(entry.get(key)) for key in ("p", "rate", "count")}
        if values["p"] is not None and values["rate"] is not None:
            bins.append({key: value or 0.0 for key, value in values.items()})
    return sorted(bins, key=lambda entry: entry["p"])


def _lead(facts: Facts, ece: float | None) -> tuple[Markup, ...]:
    lead: list[Markup] = []
    if ece is not None:
        lead.append(
            Markup("A stated probability is off by {} on average (expected calibration error).").format(metric(ece))
        )
    against = str(facts.distilled.get("calibration") or "")
    if against:
        lead.append(Markup("Probabilities were calibrated on {}.").format(shorten(against, 200)))
    return tuple(lead)


def _finding(bins: list[dict[str, float]], ece: float | None) -> str:
    worst = max(bins, key=lambda entry: abs(entry["p"] - entry["rate"]))
    text = f"The largest gap: where {metric(worst['p'])} is predicted, {metric(worst['rate'])} is observed"
    text += f" ({count(worst['count'])} pairs)"
    return f"{text}; ECE {metric(ece)}." if ece is not None else f"{text}."


def _data(bins: list[dict[str, float]], title: str) -> Table:
    rows = tuple(
        row([Cell(metric(entry["p"])), Cell(metric(entry["rate"])), Cell(count(entry["count"]))]) for entry in bins
    )
    columns = (Column("Predicted"), Column(title), Column("Pairs"))
    return Table("Predicted and observed, in bins of about equal size", columns, rows, sortable=False)
