"""How unevenly interactions are spread over items."""

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, SOFT, WIDTH, thin_out, to_svg

MAX_POINTS = 201


def draw_lorenz(points: list[dict[str, float]], *, name: str, label: str) -> Markup:
    """`points` hold items_share and events_share, least popular items first; the dashed diagonal is an even spread."""
    import altair as alt

    scale, axis = alt.Scale(domain=[0, 1]), alt.Axis(tickCount=5, format=".0%")
    x = alt.X("items_share:Q", title="Items, least popular first", scale=scale, axis=axis)
    y = alt.Y("events_share:Q", title="Their share of interactions", scale=scale, axis=axis)
    even = alt.Chart(alt.Data(values=[{"items_share": end, "events_share": end} for end in (0, 1)]))
    base = alt.Chart(alt.Data(values=thin_out(points, MAX_POINTS))).encode(x=x, y=y)
    words = alt.Chart(alt.Data(values=[{"items_share": 0.44, "events_share": 0.5, "text": "an even spread"}]))
    chart = alt.layer(
        base.mark_area(color=ACCENT, opacity=0.15).encode(y2=alt.datum(0)),
        even.mark_line(color=SOFT, strokeDash=[5, 4], strokeWidth=1.2).encode(x=x, y=y),
        words.mark_text(color=SOFT, align="right").encode(x=x, y=y, text="text:N"),
        base.mark_line(color=ACCENT, strokeWidth=2),
    )
    return to_svg(chart.properties(width=WIDTH, height=HEIGHT), name=name, label=label)
