"""How far each teacher can be believed, what it costs and how long it takes."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Block, Cell, Column, Figure, Figures, Row, Section, Table, cell, figure_cell, row
from tilth.report.charts.whiskers import Whisker, draw_whiskers
from tilth.report.clean import distinct_ids, shorten, shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.filtering.words import metric_name, verdict_sentence
from tilth.report.numbers import MISSING, Measured, Name, count, measured, money, number, plural, seconds, share
from tilth.report.phrases import sentence_case

METRICS = ("precision", "recall", "f1", "auroc", "kappa", "qwk")
MAX_LABEL = 32
MAX_NAME = 46


def teachers_section(facts: Facts) -> Section | None:
    if not facts.teachers:
        return None
    charts = tuple(figure for metric in _charted(facts) if (figure := _figure(facts, metric)))
    blocks: list[Block] = [_table(facts)]
    if charts:
        blocks.append(Figures(charts))
    lead = [verdict_sentence(facts), _reached(facts), _gold(facts)]
    notes = tuple(Markup("{}").format(shorten(str(note), 600)) for note in facts.comparison.get("notes") or [])
    return Section("teachers", "The teachers", tuple(text for text in lead if text), tuple(blocks), notes)


def _reached(facts: Facts) -> Markup | None:
    """How many others would do as well."""
    candidates = len(facts.verdict.get("candidates") or [])
    if candidates < 2:
        return None
    chosen = next((entry for entry in facts.teachers if entry.get("source") == facts.verdict.get("chosen")), {})
    priced = number(chosen.get("cost_per_1000")) is not None
    why = "this is the cheapest whose cost is known" if priced else "no cost is known, so the best of them is named"
    return Markup("{} of {} teachers reach the target; {}.").format(candidates, len(facts.teachers), why)


def _gold(facts: Facts) -> Markup:
    return Markup("The gold has {} of {}, {} of them {}.").format(
        plural(facts.comparison.get("n_gold"), "pair"),
        plural(facts.comparison.get("n_contexts"), "context"),
        count(facts.comparison.get("n_positive")),
        facts.positive,
    )


def _shown(teachers: list[dict[str, Any]]) -> list[str]:
    """The metrics that at least one teacher has; weighted kappa only where it says more than kappa."""
    shown = [metric for metric in METRICS if any(measured(entry.get(metric)).known for entry in teachers)]
    if "qwk" in shown and all(_same(entry) for entry in teachers):
        shown.remove("qwk")
    return shown


def _same(entry: dict[str, Any]) -> bool:
    """Whether weighted kappa adds nothing to kappa, as with two grades."""
    weighted = measured(entry.get("qwk"))
    return not weighted.known or weighted == measured(entry.get("kappa"))


def _table(facts: Facts) -> Table:
    metrics = _shown(facts.teachers)
    chosen = facts.verdict.get("chosen")
    columns = [
        Column("Teacher", numeric=False),
        Column("Coverage", hint="Share of the gold pairs with a usable answer"),
        *(Column(sentence_case(metric_name(metric))) for metric in metrics),
        Column("Cost", hint="US dollars per 1,000 pairs"),
        Column("p50", hint="Half of the answers came within this time"),
        Column("p95", hint="95 % of the answers came within this time"),
    ]
    rows = tuple(_row(entry, metrics, chosen) for entry in facts.teachers)
    caption = "Each teacher against the gold; intervals in grey, cost in US dollars per 1,000 pairs."
    return Table(caption, tuple(columns), rows)


def _row(entry: dict[str, Any], metrics: list[str], chosen: Any) -> Row:
    source = str(entry.get("source", ""))
    marked = chosen is not None and source == str(chosen)
    name = Cell(Name(shorten_id(source, MAX_NAME)), _remarks(entry, marked), source.casefold())
    cost = number(entry.get("cost_per_1000"))
    tail = [
        Cell(money(cost), sort=cost),
        *(figure_cell(seconds(entry.get(key)), entry.get(key)) for key in ("latency_p50_s", "latency_p95_s")),
    ]
    coverage = measured(entry.get("coverage"), share)
    return row([name, cell(coverage), *(cell(measured(entry.get(metric))) for metric in metrics), *tail], marked=marked)


def _remarks(entry: dict[str, Any], marked: bool) -> str:
    """What to know about a teacher before reading its numbers."""
    remarks = ["the one to use"] if marked else []
    refused = entry.get("refused")
    warnings = entry.get("warnings") or []
    if refused and not any("refused" in str(warning) for warning in warnings):
        remarks.append(f"refused: {refused}" if isinstance(refused, str) else "refused: disagrees with the gold")
    remarks += [str(warning) for warning in ([warnings] if isinstance(warnings, str) else warnings)]
    return shorten("; ".join(remarks), 200)


def _charted(facts: Facts) -> list[str]:
    """The metric that decides and the one that it is traded against."""
    return list(dict.fromkeys([facts.target_metric, "recall" if facts.target_metric != "recall" else "precision"]))


def _figure(facts: Facts, metric: str) -> Figure | None:
    chosen = facts.verdict.get("chosen")
    scored = [(entry, measured(entry.get(metric))) for entry in facts.teachers]
    known = [(entry, found) for entry, found in scored if found.known]
    if not known:
        return None
    labels = distinct_ids([str(entry.get("source", "")) for entry, _ in known], MAX_LABEL)
    whiskers = [
        _whisker(label, found, chosen is not None and entry.get("source") == chosen)
        for label, (entry, found) in zip(labels, known, strict=True)
    ]
    target = facts.target if metric == facts.target_metric else None
    title = sentence_case(metric_name(metric))
    finding = _finding(title, known, target)
    svg = draw_whiskers(whiskers, title=title, target=target, name=f"teachers-{metric}", label=finding)
    return Figure(svg, finding, _numbers_of(title, known))


def _whisker(label: str, found: Measured, marked: bool) -> Whisker:
    value = found.value or 0.0
    low, high = (value if end is None else end for end in (found.low, found.high))
    return Whisker(label, value, low, high, marked)


def _finding(title: str, known: list[tuple[dict[str, Any], Measured]], target: float | None) -> str:
    best, value = max(known, key=lambda pair: pair[1].value or 0.0)
    worst = min((found for _, found in known), key=lambda found: found.value or 0.0)
    name = shorten_id(str(best.get("source", "")), MAX_LABEL)
    text = f"{title} is highest with {name}: {value}"
    if len(known) > 1:
        text += f"; the lowest of {len(known)} has {worst.text}"
    if target is not None:
        reached = sum(1 for _, found in known if found.low is not None and found.low >= target)
        text += f". Whole interval above the target of {target:g}: {reached} of {len(known)}"
    return text + "."


def _numbers_of(title: str, known: list[tuple[dict[str, Any], Measured]]) -> Table:
    columns = (Column("Teacher", numeric=False), Column(title), Column("Interval"))
    rows = tuple(
        row([cell(Name(shorten_id(str(entry.get("source", ""))))), Cell(found.text), Cell(found.interval or MISSING)])
        for entry, found in known
    )
    return Table(f"{title} of each teacher", columns, rows, sortable=False)
