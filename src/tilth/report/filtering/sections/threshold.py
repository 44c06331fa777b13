"""Where the filter cuts, and how sure that is."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Block, Cell, Column, Figure, Figures, Row, Section, Table, cell, figure_cell, row
from tilth.report.charts.precision_recall import draw_precision_recall
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import threshold_sentence
from tilth.report.numbers import count, measured, metric, number, share, short_metric

MAX_ROWS = 25


def threshold_section(facts: Facts) -> Section | None:
    certified = threshold_sentence(facts)
    figure = _figure(facts)
    grid = list(facts.certificate.get("table") or [])
    blocks: list[Block] = [Figures((figure,))] if figure else []
    if grid:
        blocks.append(_grid(grid, number(facts.certificate.get("threshold"))))
    if not blocks and not certified:
        return None
    lead = tuple(text for text in (certified, _recall(facts)) if text)
    return Section("threshold", "The threshold", lead, tuple(blocks))


def _recall(facts: Facts) -> Markup | None:
    """Precision and recall at the threshold, on contexts that had no part in choosing it."""
    student = facts.student or {}
    precision, recall = measured(student.get("precision")), measured(student.get("recall"))
    if facts.threshold is None or not (precision.known and recall.known):
        return None
    return Markup(
        "On the test contexts, which had no part in choosing it, its precision is {} and its recall {}."
    ).format(precision, recall)


def _points(facts: Facts) -> list[dict[str, float]]:
    points: list[dict[str, float]] = []
    for entry in facts.distilled.get("precision_recall") or []:
        values = {key: number(entry.get(key)) for key in ("threshold", "recall", "precision", "flagged_share")}
        if values["recall"] is not None and values["precision"] is not None:
            points.append({key: value for key, value in values.items() if value is not None})
    return sorted(points, key=lambda point: point["recall"])


def _chosen(facts: Facts, points: list[dict[str, float]]) -> tuple[float, float] | None:
    """(recall, precision) at the certified threshold: as measured there, or else the nearest point of the curve."""
    threshold, student = facts.threshold, facts.student or {}
    if threshold is None:
        return None
    recall, precision = measured(student.get("recall")).value, measured(student.get("precision")).value
    if recall is not None and precision is not None:
        return recall, precision
    placed = [point for point in points if "threshold" in point]
    if not placed:
        return None
    nearest = min(placed, key=lambda point: abs(point["threshold"] - threshold))
    return nearest["recall"], nearest["precision"]


def _figure(facts: Facts) -> Figure | None:
    points = _points(facts)
    if len(points) < 2:
        return None
    target, chosen = number(facts.certificate.get("target")), _chosen(facts, points)
    finding = _finding(points, target, chosen)
    svg = draw_precision_recall(points, chosen=chosen, target=target, name="threshold", label=finding)
    return Figure(svg, finding, _data(points))


def _finding(points: list[dict[str, float]], target: float | None, chosen: tuple[float, float] | None) -> str:
    if chosen is not None:
        goal = f", the target being {short_metric(target)}" if target is not None else ""
        at = f"precision is {metric(chosen[1])} and recall {metric(chosen[0])}"
        return f"At the certified threshold (dot) {at}{goal}."
    reached = [point["recall"] for point in points if target is not None and point["precision"] >= target]
    if target is None:
        return f"Precision at full recall is {metric(points[-1]['precision'])}."
    if not reached:
        return f"Precision stays below the target of {short_metric(target)} at every threshold."
    return (
        f"Precision holds {short_metric(target)} up to a recall of {metric(max(reached))}, as observed; "
        "no threshold is certified."
    )


def _data(points: list[dict[str, float]]) -> Table:
    step = max(1, -(-len(points) // MAX_ROWS))
    columns = (Column("p at least"), Column("Precision"), Column("Recall"), Column("Flagged"))
    rows = tuple(
        row(
            [
                Cell(metric(point.get("threshold"))),
                Cell(metric(point["precision"])),
                Cell(metric(point["recall"])),
                Cell(share(point.get("flagged_share"))),
            ]
        )
        for point in points[::step]
    )
    return Table("Precision and recall on the test contexts", columns, rows, sortable=False)


def _grid(grid: list[dict[str, Any]], threshold: float | None) -> Table:
    columns = (
        Column("Score at least", hint="The student's raw score"),
        Column("Flagged"),
        Column("Correct"),
        Column("Precision"),
        Column("Lower bound", hint="Certified where it reaches the target"),
        Column("Recall"),
        Column("Share flagged"),
        Column("Design effect", hint="How many labels of one context are worth one independent label"),
    )
    caption = "Every threshold that was tried on the calibration contexts."
    rows = tuple(_grid_row(point, threshold) for point in grid)
    return Table(caption, columns, rows, folded="All thresholds that were tried")


def _grid_row(point: dict[str, Any], threshold: float | None) -> Row:
    tried = number(point.get("threshold"))
    return row(
        [
            figure_cell(metric(tried), tried),
            figure_cell(count(point.get("flagged")), point.get("flagged")),
            figure_cell(count(point.get("correct")), point.get("correct")),
            cell(measured(point.get("precision"))),
            cell(measured(point.get("lower_bound"))),
            cell(measured(point.get("recall"))),
            cell(measured(point.get("flagged_share"), share)),
            cell(measured(point.get("design_effect"), short_metric)),
        ],
        marked=threshold is not None and tried == threshold,
    )
