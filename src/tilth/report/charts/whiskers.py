"""Dots with whiskers: one number and its interval for each of several sources."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, INK, WARM, WIDTH, domain, to_svg


@dataclass(frozen=True)
class Whisker:
    label: str
    value: float
    low: float
    high: float
    marked: bool


def draw_whiskers(whiskers: list[Whisker], *, title: str, target: float | None, name: str, label: str) -> Markup:
    """One row per whisker in the order given; the marked one in the accent colour, `target` as a dashed line."""
    import altair as alt

    ends = [end for whisker in whiskers for end in (whisker.low, whisker.high, whisker.value)]
    x_domain = domain(ends + ([target] if target is not None else []), low=-1.0)
    data = alt.Data(values=[vars(whisker) for whisker in whiskers])
    scale, axis = alt.Scale(domain=x_domain, zero=False, nice=False), alt.Axis(tickCount=5)

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", title=title, scale=scale, axis=axis)

    y = alt.Y("label:N", title=None, sort=[whisker.label for whisker in whiskers], axis=alt.Axis(labelLimit=210))
    colour = alt.condition("datum.marked", alt.value(ACCENT), alt.value(INK))
    base = alt.Chart(data).encode(y=y)
    layers = [
        base.mark_rule(strokeWidth=1.5).encode(x=x("low"), x2="high:Q", color=colour),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x("value"), color=colour),
    ]
    if target is not None:
        line = alt.Chart(alt.Data(values=[{"target": target}]))
        layers.insert(0, line.mark_rule(color=WARM, strokeDash=[5, 4]).encode(x=x("target")))
    chart = alt.layer(*layers).properties(width=WIDTH, height=70 + 22 * len(whiskers))
    return to_svg(chart, name=name, label=label)
