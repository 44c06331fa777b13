"""Two shares side by side, for each of several things."""

from dataclasses import dataclass

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, SOFT, WARM, WIDTH, to_svg


@dataclass(frozen=True)
class Dumbbell:
    label: str
    first: float
    second: float


def draw_dumbbells(bells: list[Dumbbell], *, names: tuple[str, str], title: str, name: str, label: str) -> Markup:
    """One row per dumbbell in the order given: a dot for the first share, a diamond for the second."""
    import altair as alt

    pairs = [
        (bell.label, which, value)
        for bell in bells
        for which, value in zip(names, (bell.first, bell.second), strict=True)
    ]
    y = alt.Y("label:N", title=None, sort=[bell.label for bell in bells], axis=alt.Axis(labelLimit=170))
    axis = alt.Axis(tickCount=5, format="~%")
    bars = alt.Chart(alt.Data(values=[vars(bell) for bell in bells])).mark_rule(color=SOFT, strokeWidth=1.5)
    ends = alt.Chart(alt.Data(values=[{"label": text, "which": which, "value": value} for text, which, value in pairs]))
    legend = alt.Legend(title=None, orient="top")
    chart = alt.layer(
        bars.encode(y=y, x=alt.X("first:Q", title=title, axis=axis), x2="second:Q"),
        ends.mark_point(filled=True, opacity=1, size=75).encode(
            y=y,
            x=alt.X("value:Q", title=title, axis=axis),
            color=alt.Color("which:N", scale=alt.Scale(domain=list(names), range=[ACCENT, WARM]), legend=legend),
            shape=alt.Shape("which:N", scale=alt.Scale(domain=list(names), range=["circle", "diamond"]), legend=legend),
        ),
    )
    return to_svg(chart.properties(width=WIDTH, height=90 + 22 * len(bells)), name=name, label=label)
