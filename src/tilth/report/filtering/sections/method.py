"""How the numbers came about, for whoever wants to check them."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Cell, Column, Section, Table, cell, row
from tilth.report.clean import shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import gold_sentence, whole_share
from tilth.report.numbers import Name, count, number, plural, seconds, short_metric
from tilth.report.phrases import sentence_case


def method_section(facts: Facts) -> Section | None:
    if not facts.comparison and not facts.distilled:
        return None
    lead = [
        gold_sentence(facts),
        _splits(facts),
        _bootstrap(facts),
        _certificate(facts),
        _seed(facts),
    ]
    counts: dict[str, Any] = facts.distilled.get("counts") or {}
    blocks = (_parts(counts, facts.positive),) if counts else ()
    return Section("method", "How it was measured", tuple(text for text in lead if text), blocks)


def _splits(facts: Facts) -> Markup | None:
    if not facts.distilled:
        return None
    return Markup(
        "The data were divided by context, never by row: no context that the student learned from is among those that "
        "calibrate or test it. The student learned from the labels of {}."
    ).format(Name(shorten_id(str(facts.distilled.get("teacher") or "an unnamed source"))))


def _bootstrap(facts: Facts) -> Markup:
    stated = number(facts.comparison.get("confidence")) or number(facts.certificate.get("confidence"))
    level = f"{whole_share(stated)} intervals" if stated else "intervals"
    return Markup(
        "The numbers in grey are {} of a cluster bootstrap: whole contexts are drawn again and again, with all of "
        "their pairs, since pairs of one context resemble each other. Differences between teachers are paired: both "
        "are measured on the same draws."
    ).format(level)


def _certificate(facts: Facts) -> Markup | None:
    found = facts.certificate
    if not found:
        return None
    effect = number(found.get("design_effect"))
    worth = f" Here {short_metric(effect)} labels are worth one independent one (design effect)." if effect else ""
    return Markup(
        "The threshold was chosen on the calibration contexts among {} that were tried. Each has a one-sided exact "
        "(Clopper–Pearson) bound on the number of independent labels that its flagged pairs are worth, at a level "
        "divided by the number of thresholds, so that with {} confidence all bounds hold at once and choosing among "
        "them costs nothing.{}"
    ).format(count(found.get("n_thresholds")), whole_share(found.get("confidence")), worth)


def _seed(facts: Facts) -> Markup | None:
    seed, taken = number(facts.distilled.get("seed")), number(facts.distilled.get("seconds"))
    parts = [Markup("seed {}").format(f"{seed:.0f}")] if seed is not None else []
    if taken is not None:
        parts.append(Markup("{} to distill").format(seconds(taken)))
    return Markup("For the record: {}.").format(Markup(", ").join(parts)) if parts else None


def _parts(counts: dict[str, Any], positive: str) -> Table:
    keys = list(dict.fromkeys(key for part in counts.values() for key in part))
    titles = {"positives": f"{sentence_case(shorten_id(positive, 24))} pairs"}
    columns = (Column("Part", numeric=False), *(Column(titles.get(key, sentence_case(key))) for key in keys))
    rows = tuple(
        row([cell(sentence_case(shorten_id(name))), *(Cell(count(part.get(key))) for key in keys)])
        for name, part in counts.items()
    )
    caption = f"How the data were divided into {plural(len(counts), 'part')}"
    return Table(caption, columns, rows, sortable=False)
