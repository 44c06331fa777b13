"""Which models were tried for the student."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Column, Section, Table, cell, figure_cell, row
from tilth.report.clean import shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import Name, metric


def candidates_section(facts: Facts) -> Section | None:
    candidates: list[dict[str, Any]] = list(facts.distilled.get("candidates") or [])
    if not candidates:
        return None
    columns = (
        Column("Model", numeric=False),
        Column("Log loss", hint="Lower is better"),
        Column("Chosen", numeric=False),
    )
    rows = tuple(
        row(
            [
                cell(Name(shorten_id(str(entry.get("model", ""))))),
                figure_cell(metric(entry.get("log_loss")), entry.get("log_loss")),
                cell("yes" if entry.get("chosen") else "no"),
            ],
            marked=bool(entry.get("chosen")),
        )
        for entry in candidates
    )
    table = Table("Agreement with the teacher in cross-validation on contexts; no gold was looked at.", columns, rows)
    return Section("candidates", "Models that were tried", _lead(candidates), (table,))


def _lead(candidates: list[dict[str, Any]]) -> tuple[Markup, ...]:
    chosen = next((entry for entry in candidates if entry.get("chosen")), None)
    if chosen is None:
        return ()
    name = Name(shorten_id(str(chosen.get("model", ""))))
    return (Markup("{} was chosen, with a log loss of {}.").format(name, metric(chosen.get("log_loss"))),)
