"""Precision against recall, the target, and the point that the filter uses."""

from typing import Any

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, WARM, WIDTH, domain, thin_out, to_svg

MAX_POINTS = 300


def draw_precision_recall(
    points: list[dict[str, float]],
    *,
    chosen: tuple[float, float] | None,
    target: float | None,
    name: str,
    label: str,
) -> Markup:
    """`points` hold recall and precision; `chosen` is (recall, precision) at the certified threshold."""
    import altair as alt

    lowest = [point["precision"] for point in points] + [value for value in (target,) if value is not None]
    x = alt.X("recall:Q", title="Recall", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5))
    y = alt.Y("precision:Q", title="Precision", scale=alt.Scale(domain=domain(lowest)), axis=alt.Axis(tickCount=5))
    data = alt.Data(values=thin_out(points, MAX_POINTS))
    layers: list[Any] = [
        alt.Chart(data).mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y, order=alt.Order("recall:Q"))
    ]
    if target is not None:
        goal = alt.Chart(alt.Data(values=[{"precision": target, "recall": 0, "text": f"target {target:g}"}]))
        layers.append(goal.mark_rule(color=WARM, strokeDash=[5, 4]).encode(y=y))
        layers.append(goal.mark_text(color=WARM, align="left", dx=4, dy=12).encode(x=x, y=y, text="text:N"))
    if chosen is not None:
        dot = alt.Chart(alt.Data(values=[{"recall": chosen[0], "precision": chosen[1]}]))
        layers.append(dot.mark_point(filled=True, color=ACCENT, size=130, opacity=1).encode(x=x, y=y))
    return to_svg(alt.layer(*layers).properties(width=WIDTH, height=HEIGHT), name=name, label=label)
