"""Whether teachers differ at all, and what it would take to know."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Column, Row, Section, Table, cell, figure_cell, row
from tilth.report.clean import shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import metric_name
from tilth.report.numbers import Name, count, measured, number, plural, signed


def ties_section(facts: Facts) -> Section | None:
    differences: list[dict[str, Any]] = list(facts.comparison.get("differences") or [])
    if not differences:
        return None
    columns = (
        Column("Teacher", numeric=False),
        Column("Compared with", numeric=False),
        Column("Difference", hint=f"In {metric_name(facts.target_metric)}, on the pairs that both answered"),
        Column("Pairs in common"),
        Column("Settled", numeric=False),
        Column("Labels to settle", hint="Gold pairs in total with which the interval would exclude 0"),
    )
    caption = f"Paired differences in {metric_name(facts.target_metric)}."
    table = Table(caption, columns, tuple(_row(entry) for entry in differences))
    return Section("ties", "Which differences are real", _lead(differences), (table,))


def _lead(differences: list[dict[str, Any]]) -> tuple[Markup, ...]:
    settled = sum(1 for entry in differences if entry.get("settled"))
    settled_of = f"{settled or 'none'} of the {plural(len(differences), 'difference')}"
    text = Markup("Against the best teacher, {} {} settled on this gold: the interval excludes 0.").format(
        settled_of, "is" if settled == 1 else "are"
    )
    wanted = [
        labels
        for entry in differences
        if not entry.get("settled") and (labels := number(entry.get("labels_to_settle"))) is not None
    ]
    if not wanted:
        return (text,)
    return (text, Markup("The tie that is cheapest to settle needs {} gold pairs in all.").format(count(min(wanted))))


def _row(entry: dict[str, Any]) -> Row:
    settled = bool(entry.get("settled"))
    labels = entry.get("labels_to_settle")
    open_text = count(labels) if number(labels) is not None else "no number would"
    return row(
        [
            cell(Name(shorten_id(str(entry.get("first", ""))))),
            cell(Name(shorten_id(str(entry.get("second", ""))))),
            cell(measured(entry.get("estimate"), signed)),
            figure_cell(count(entry.get("n_common")), entry.get("n_common")),
            cell("yes" if settled else "no"),
            figure_cell("–" if settled else open_text, None if settled else labels),
        ]
    )
