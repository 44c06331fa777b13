"""The long tail: how many items have how many interactions."""

from dataclasses import dataclass

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, WARM, WIDTH, to_svg


@dataclass(frozen=True)
class Bin:
    """`marked` is drawn in the warm colour."""

    label: str
    value: float
    marked: bool = False


def draw_tail(bins: list[Bin], *, x_title: str, y_title: str, name: str, label: str) -> Markup:
    """One bar per bin in the order given, its number above it; labels must differ."""
    import altair as alt

    data = alt.Data(values=[vars(one) | {"text": compact(one.value)} for one in bins])
    axis = alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=4)
    x = alt.X("label:O", title=x_title, sort=[one.label for one in bins], axis=axis)
    y = alt.Y("value:Q", title=y_title, axis=alt.Axis(tickCount=5, format="~s"))
    base = alt.Chart(data).encode(x=x, y=y)
    colour = alt.condition("datum.marked", alt.value(WARM), alt.value(ACCENT))
    bars = base.mark_bar().encode(color=colour)
    chart = alt.layer(bars, base.mark_text(dy=-7).encode(text="text:N"))
    return to_svg(chart.properties(width=WIDTH, height=HEIGHT), name=name, label=label)


def compact(value: float) -> str:
    """At most four signs: 940, 1.2k, 13k, 4.5M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return (
                f"{value / size:.1f}".removesuffix(".0") + letter
                if value < 10 * size
                else f"{value / size:.0f}{letter}"
            )
    return f"{value:.0f}"
