"""One chart for each measure: every suggester with its interval."""

from collections.abc import Callable, Iterator
from typing import Any

from tilth.report.blocks import Column, Figure, Table, cell, row
from tilth.report.charts.whiskers import Whisker, draw_whiskers
from tilth.report.numbers import Name, measured, metric, share

Pick = Callable[[dict[str, Any]], Any]


def typical_chars(found: dict[str, Any]) -> str:
    """The middle one of the numbers of characters typed, as a key."""
    chars = found["chars"]
    return str(chars[len(chars) // 2])


def figures(found: dict[str, Any]) -> Iterator[Figure]:
    """Those measures that more than one suggester has."""
    typed = typical_chars(found)
    charts: list[tuple[str, str, Pick, Callable[[Any], str]]] = [
        ("coverage", "Demand covered", lambda one: one["measures"]["coverage"], share),
        ("mrr", f"MRR@10 after {typed} characters", lambda one: one["measures"]["mrr"][typed], metric),
        ("hit", f"Hit@10 after {typed} characters", lambda one: one["measures"]["hit"][typed], share),
        ("saved", "Keystrokes saved", lambda one: one["measures"]["saved"], share),
        ("never", "Items never brought back", lambda one: one["never"], share),
        ("exploratory", "Exploratory suggestions offered", lambda one: one["exploratory"], share),
    ]
    for name, title, pick, style in charts:
        if figure := _figure(found, name, title, pick, style):
            yield figure


def _figure(found: dict[str, Any], name: str, title: str, pick: Pick, style: Callable[[Any], str]) -> Figure | None:
    known = [(one["name"], measured(pick(one), style)) for one in found["variants"]]
    known = [(label, value) for label, value in known if value.known]
    if len(known) < 2:
        return None
    whiskers = [
        Whisker(
            label,
            value.value or 0.0,
            _or(value.low, value.value),
            _or(value.high, value.value),
            label == found["shipped"],
        )
        for label, value in known
    ]
    first = next((value for label, value in known if label == found["shipped"]), known[0][1])
    finding = f"{title}: {first} by what would be served."
    svg = draw_whiskers(whiskers, title=title, target=None, name=f"suggest-{name}", label=finding)
    columns = (Column("Suggester", numeric=False), Column(title))
    rows = tuple(row([cell(Name(label, plain=True)), cell(value)]) for label, value in known)
    return Figure(svg, finding, Table(title, columns, rows))


def _or(end: float | None, value: float | None) -> float:
    return end if end is not None else value or 0.0
