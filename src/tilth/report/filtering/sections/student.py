"""How good the student is on contexts it never saw, and what its filter would do there."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Block, Cell, Column, Row, Section, Table, cell, figure_cell, row
from tilth.report.clean import shorten
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import effect_sentence, student_sentence
from tilth.report.numbers import count, measured, metric, number, plural, seconds, share
from tilth.report.phrases import sentence_case


def student_section(facts: Facts) -> Section | None:
    blocks: list[Block] = []
    if facts.evaluations:
        blocks.append(_evaluations(facts))
    if facts.effect:
        blocks.append(_effect(facts))
    filtered = _filtered(facts)
    if not blocks and not filtered:
        return None
    lead = [student_sentence(facts), effect_sentence(facts), _emptied(facts), filtered]
    return Section("student", "The student and its filter", tuple(text for text in lead if text), tuple(blocks))


def _evaluations(facts: Facts) -> Table:
    columns = (
        Column("Scorer", numeric=False),
        Column("AUROC"),
        Column("Average precision"),
        Column("Precision", hint="Of the flagged pairs, at its threshold"),
        Column("Recall", hint="At its threshold"),
        Column("Flagged"),
        Column("Brier", hint="Mean squared distance of probability and label; 0 is best"),
        Column("ECE", hint="Expected calibration error; 0 is best"),
    )
    first: dict[str, Any] = facts.student or facts.evaluations[0]
    caption = (
        f"Measured on {plural(first.get('n'), 'pair')} of {plural(first.get('n_contexts'), 'test context')}, "
        f"{count(first.get('n_positive'))} of them {shorten(facts.positive, 40)}."
    )
    return Table(caption, columns, tuple(_evaluation(entry, entry is facts.student) for entry in facts.evaluations))


def _evaluation(entry: dict[str, Any], marked: bool) -> Row:
    return row(
        [
            cell(shorten(sentence_case(str(entry.get("name", ""))), 80)),
            cell(measured(entry.get("auroc"))),
            cell(measured(entry.get("average_precision"))),
            cell(measured(entry.get("precision"))),
            cell(measured(entry.get("recall"))),
            cell(measured(entry.get("flagged_share"), share)),
            figure_cell(metric(entry.get("brier")), entry.get("brier")),
            figure_cell(metric(entry.get("ece")), entry.get("ece")),
        ],
        marked=marked,
    )


def _effect(facts: Facts) -> Table:
    bad = shorten(facts.positive, 40)
    names = {
        "removed": "Pairs removed",
        "bad_before": f"Share of {bad} pairs without the filter",
        "bad_after": f"Share of {bad} pairs with the filter",
        "good_lost": f"Pairs that are not {bad} and are lost",
    }
    rows = [
        row([Cell(name), Cell(found.text), Cell(found.interval or "–")])
        for key, name in names.items()
        if (found := measured(facts.effect.get(key), share)).known
    ]
    columns = (Column("Effect on the test contexts", numeric=False), Column("Share"), Column("Interval"))
    return Table("What the filter would do", columns, tuple(rows), sortable=False)


def _emptied(facts: Facts) -> Markup | None:
    emptied = number(facts.effect.get("contexts_emptied"))
    if emptied is None:
        return None
    return Markup("It leaves {} of the contexts with nothing to show.").format(share(emptied) if emptied else "none")


def _filtered(facts: Facts) -> Markup | None:
    filtered = facts.content.filtered
    if not filtered or number(filtered.get("n")) is None:
        return None
    text = Markup("Run on all {}, the filter drops {} ({})").format(
        plural(filtered.get("n"), "pair"), count(filtered.get("dropped")), share(filtered.get("dropped_share"))
    )
    taken, n = number(filtered.get("seconds")), number(filtered.get("n"))
    if not taken or not n:
        return text + Markup(".")
    return text + Markup(" in {}, {} a pair.").format(seconds(taken), _each(taken / n))


def _each(taken: float) -> str:
    return seconds(taken) if taken >= 0.001 else f"{taken * 1e6:,.0f}\u202fµs"
