"""How charts look, and how one becomes SVG inside of the page.

Colours are written as plain hex, which any viewer shows; `report.css` matches the same hex values and swaps in the
colours of the dark theme or of paper.
"""

import re
from typing import Any

from markupsafe import Markup, escape

ACCENT = "#1f6f4f"
"""The finding."""
WARM = "#b5541c"
"""What it is held against: a target, the teacher."""
INK = "#26302b"
SOFT = "#66706a"
LINE = "#dde3de"
PALETTE = (ACCENT, WARM, INK, SOFT, LINE)

WIDTH = 460
HEIGHT = 320
MEASURED = 13.5
"""Font size that room is kept for. The page draws at 12 in a font of its reader's, which may run wider."""
FIT = {"type": "fit", "contains": "padding"}

_ROLES = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class)="[^"]*"')
_ROOT = re.compile(r"<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>")

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "aria": False,
    "font": "sans-serif",
    "view": {"stroke": "transparent"},
    "axis": {
        "labelColor": SOFT,
        "titleColor": INK,
        "gridColor": LINE,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "labelFontSize": MEASURED,
        "titleFontSize": MEASURED,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelPadding": 4,
        "tickSize": 4,
    },
    "axisY": {"domain": False, "ticks": False},
    "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": MEASURED, "titleFontSize": MEASURED}
    | {"titleFontWeight": "normal", "symbolStrokeWidth": 0, "columnPadding": 10, "offset": 8},
    "text": {"fontSize": MEASURED, "color": INK},
}


def to_svg(chart: Any, *, name: str, label: str) -> Markup:
    """`chart` as an SVG element that says `label` to a screen reader; `name` keeps its ids apart from other charts'."""
    import altair
    import vl_convert

    version = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    spec = chart.properties(autosize=FIT).configure(**CONFIG).to_dict()
    svg = vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[])
    # Vega's own roles would be read out mark by mark; its `url(#...)` ids repeat from chart to chart.
    svg = _ROLES.sub("", svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = svg.replace("url(#", f"url(#{name}-").replace('href="#', f'href="#{name}-')
    found = _ROOT.match(svg)
    width, height = (found[1], found[2]) if found else (str(WIDTH), str(HEIGHT))
    root = Markup('<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">')
    # Vega wrote and escaped this markup; texts in it came from data values.
    body = Markup(_ROOT.sub("", svg, count=1))  # noqa: S704
    return root.format(escape(label), width, height, width, height) + body


def domain(values: list[float], *, low: float = 0.0, high: float = 1.0, pad: float = 0.04) -> list[float]:
    """An axis that holds all `values` with some air, inside of `low` to `high`."""
    if not values:
        return [low, high]
    return [max(low, min(values) - pad), min(high, max(values) + pad)]


def thin_out(points: list[dict[str, float]], limit: int) -> list[dict[str, float]]:
    """At most `limit` of the points, evenly spaced, the first and the last among them."""
    if len(points) <= limit:
        return points
    step = (len(points) - 1) / (limit - 1)
    return [points[round(i * step)] for i in range(limit)]
