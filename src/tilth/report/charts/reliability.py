"""What was predicted against what was so."""

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, SOFT, WIDTH, to_svg


def draw_reliability(bins: list[dict[str, float]], *, title: str, name: str, label: str) -> Markup:
    """`bins` hold p, rate and count; a dot's area grows with its count, the dashed diagonal is perfect."""
    import altair as alt

    x = alt.X("p:Q", title="Predicted probability", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5))
    y = alt.Y("rate:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5))
    ideal = alt.Chart(alt.Data(values=[{"p": 0, "rate": 0}, {"p": 1, "rate": 1}]))
    base = alt.Chart(alt.Data(values=bins))
    size = alt.Size("count:Q", scale=alt.Scale(zero=True, range=[15, 260]), legend=None)
    chart = alt.layer(
        ideal.mark_line(color=SOFT, strokeDash=[5, 4], strokeWidth=1.2).encode(x=x, y=y),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(x=x, y=y, order=alt.Order("p:Q")),
        base.mark_point(filled=True, color=ACCENT, opacity=1, clip=False).encode(x=x, y=y, size=size),
    )
    return to_svg(chart.properties(width=WIDTH, height=HEIGHT), name=name, label=label)
