"""How the searches fall off from the most frequent query to the rarest."""

from math import floor, log10
from typing import Any

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, HEIGHT, SOFT, WIDTH, thin_out, to_svg

MAX_POINTS = 200


def draw_ranks(points: list[dict[str, float]], *, marks: list[tuple[float, str]], name: str, label: str) -> Markup:
    """`points` hold rank and searches, both at least 1; `marks` are ranks where a part ends, and what ends there."""
    import altair as alt

    last = max(max(point["rank"] for point in points), 2.0)
    most = max(max(point["searches"] for point in points), 2.0)
    x_scale = alt.Scale(type="log", domain=[1, last], nice=False)
    x = alt.X("rank:Q", title="Rank of the query", scale=x_scale, axis=_tens(last))
    y_scale = alt.Scale(type="log", domain=[1, most], nice=False)
    y = alt.Y("searches:Q", title="Searches", scale=y_scale, axis=_tens(most))
    base = alt.Chart(alt.Data(values=thin_out(points, MAX_POINTS))).encode(x=x, y=y)
    layers: list[Any] = [
        base.mark_line(color=ACCENT, strokeWidth=2),
        base.mark_point(filled=True, color=ACCENT, size=12, opacity=1),
    ]
    if marks:
        ends = alt.Chart(
            alt.Data(values=[{"rank": rank, "text": text, "line": 8 + 16 * i} for i, (rank, text) in enumerate(marks)])
        )
        layers.insert(0, ends.mark_rule(color=SOFT, strokeDash=[5, 4]).encode(x=x))
        # Ranks that lie near each other would write over each other on one line.
        y = alt.Y("line:Q", scale=None, axis=None)
        layers.append(ends.mark_text(color=SOFT, align="right", dx=-5).encode(x=x, y=y, text="text:N"))
    return to_svg(alt.layer(*layers).properties(width=WIDTH, height=HEIGHT), name=name, label=label)


def _tens(last: float) -> Any:
    """An axis with a line at each power of ten alone, and at its end where that is far from one."""
    import altair as alt

    tens = [10**power for power in range(floor(log10(last)) + 1)]
    end = [last] if last / tens[-1] > 2 else []
    return alt.Axis(values=[*tens, *end], format=".2~s")
