"""Bars: which of several things weighs most."""

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, WIDTH, to_svg


def draw_bars(bars: list[tuple[str, float]], *, title: str, name: str, label: str) -> Markup:
    """Labels and values, drawn in the order given; labels must differ."""
    import altair as alt

    data = alt.Data(values=[{"label": text, "value": value} for text, value in bars])
    y = alt.Y("label:N", title=None, sort=[text for text, _ in bars], axis=alt.Axis(labelLimit=230))
    x = alt.X("value:Q", title=title, axis=alt.Axis(tickCount=4))
    chart = alt.Chart(data).mark_bar(color=ACCENT, height=12).encode(x=x, y=y)
    return to_svg(chart.properties(width=WIDTH, height=60 + 22 * len(bars)), name=name, label=label)
