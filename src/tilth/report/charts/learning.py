"""Quality against the number of labels."""

from typing import Any

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, WARM, WIDTH, domain, to_svg

LOG_FROM = 12
"""Label counts that span more than this factor are drawn on a logarithmic axis."""


def draw_learning(points: list[dict[str, float]], *, teacher: float | None, name: str, label: str) -> Markup:
    """`points` hold n_labels, value, low and high (AUROC); `teacher` is the teacher's own, as a dashed line."""
    import altair as alt

    counts = [point["n_labels"] for point in points]
    kind = "log" if min(counts) > 0 and max(counts) / min(counts) > LOG_FROM else "linear"
    values = [point[key] for point in points for key in ("value", "low", "high")]
    y_domain = domain(values + ([teacher] if teacher is not None else []), pad=0.02)
    scale = alt.Scale(type=kind, nice=False, zero=False, padding=12)
    axis = alt.Axis(values=counts if len(counts) <= 7 else alt.Undefined, format=",d", labelOverlap=True)
    x = alt.X("n_labels:Q", title="Labels", scale=scale, axis=axis)
    y_scale, y_axis = alt.Scale(domain=y_domain, zero=False, nice=False), alt.Axis(tickCount=5)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title="AUROC", scale=y_scale, axis=y_axis)

    base = alt.Chart(alt.Data(values=points))
    layers: list[Any] = [
        base.mark_area(color=ACCENT, opacity=0.18).encode(x=x, y=y("low"), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeWidth=2, point=alt.OverlayMarkDef(color=ACCENT, size=45)).encode(
            x=x, y=y("value")
        ),
    ]
    if teacher is not None:
        line = alt.Chart(alt.Data(values=[{"value": teacher, "text": "the teacher itself"}]))
        layers.append(line.mark_rule(color=WARM, strokeDash=[5, 4]).encode(y=y("value")))
        layers.append(
            line.mark_text(color=WARM, align="left", dx=4, dy=12).encode(x=alt.value(0), y=y("value"), text="text:N")
        )
    return to_svg(alt.layer(*layers).properties(width=WIDTH, height=HEIGHT), name=name, label=label)
