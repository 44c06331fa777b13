"""A share over time."""

from dataclasses import dataclass

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, WIDTH, to_svg


@dataclass(frozen=True)
class Moment:
    """The value of a window that starts at `start` (ISO 8601); `partial` ones are drawn hollow."""

    start: str
    value: float
    partial: bool = False


def draw_timeline(moments: list[Moment], *, title: str, name: str, label: str) -> Markup:
    """A line through the windows in their order, from 0 to 1; windows that the log does not cover whole are hollow."""
    import altair as alt

    data = alt.Data(values=[vars(one) for one in moments])
    axis = alt.Axis(tickCount=6, labelOverlap=True, grid=False)
    x = alt.X("start:T", title=None, scale=alt.Scale(type="utc", padding=8), axis=axis)
    y = alt.Y("value:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5, format=".0%"))
    base = alt.Chart(data).encode(x=x, y=y)
    chart = alt.layer(
        base.mark_area(color=ACCENT, opacity=0.12),
        base.mark_line(color=ACCENT, strokeWidth=2),
        base.transform_filter("!datum.partial").mark_point(filled=True, color=ACCENT, size=36, opacity=1),
        base.transform_filter("datum.partial").mark_point(
            filled=False, stroke=ACCENT, strokeWidth=1.5, size=50, opacity=1
        ),
    )
    return to_svg(chart.properties(width=WIDTH, height=HEIGHT), name=name, label=label)
