"""Whether more labels would help."""

from markupsafe import Markup

from tilth.report.blocks import Cell, Column, Figure, Figures, Section, Table, figure_cell, row
from tilth.report.charts.learning import draw_learning
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import count, measured, metric, number


def learning_section(facts: Facts) -> Section | None:
    points = _points(facts)
    if not points:
        return None
    teacher = measured((facts.teacher or {}).get("auroc")).value
    finding = _finding(points, teacher)
    svg = draw_learning(points, teacher=teacher, name="learning", label=finding)
    figure = Figure(svg, finding, _data(facts))
    return Section("learning", "Would more labels help", _lead(points), (Figures((figure,)),))


def _points(facts: Facts) -> list[dict[str, float]]:
    points: list[dict[str, float]] = []
    for entry in facts.distilled.get("curve") or []:
        n_labels, found = number(entry.get("n_labels")), measured(entry.get("auroc"))
        if n_labels is not None and found.value is not None:
            low, high = (found.value if end is None else end for end in (found.low, found.high))
            points.append({"n_labels": n_labels, "value": found.value, "low": low, "high": high})
    return sorted(points, key=lambda point: point["n_labels"])


def _lead(points: list[dict[str, float]]) -> tuple[Markup, ...]:
    if len(points) < 2:
        return ()
    before, last = points[-2], points[-1]
    gain = last["value"] - before["value"]
    text = Markup("The last step, from {} to {} labels, changed AUROC by {}").format(
        count(before["n_labels"]), count(last["n_labels"]), f"{gain:+.3f}".replace("-", "−")
    )
    if last["low"] <= before["value"]:
        return (text + Markup(", within the interval: it is not shown that more labels would help."),)
    return (text + Markup(": the curve still rises, so more labels should help."),)


def _finding(points: list[dict[str, float]], teacher: float | None) -> str:
    first, last = points[0], points[-1]
    text = f"AUROC is {metric(last['value'])} with {count(last['n_labels'])} labels"
    if len(points) > 1:
        text = f"AUROC goes from {metric(first['value'])} with {count(first['n_labels'])} labels to "
        text += f"{metric(last['value'])} with {count(last['n_labels'])}"
    return f"{text}; the teacher itself has {metric(teacher)}." if teacher is not None else f"{text}."


def _data(facts: Facts) -> Table:
    columns = (Column("Labels"), Column("Contexts"), Column("Draws"), Column("AUROC"), Column("Interval"))
    rows = tuple(
        row(
            [
                *(figure_cell(count(entry.get(key)), entry.get(key)) for key in ("n_labels", "n_contexts", "repeats")),
                Cell(found.text),
                Cell(found.interval or "–"),
            ]
        )
        for entry in facts.distilled.get("curve") or []
        if (found := measured(entry.get("auroc"))).known
    )
    return Table("AUROC by number of labels", columns, rows, sortable=False)
