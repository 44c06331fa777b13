"""A heat map: the darker, the more."""

from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from tilth.report.charts.theme import ACCENT, WIDTH, to_svg

STEPS = 6
FAINTEST = 0.08
USUAL = 0.95
ROW = 22


@dataclass(frozen=True)
class Field:
    """One field of the map."""

    column: str
    row: str
    value: float


def draw_heat(fields: list[Field], *, columns: list[str], rows: list[str], title: str, name: str, label: str) -> Markup:
    """Shares in steps of one colour, finer ones below: it reads in both themes, in grey and by every eye.

    `columns` and `rows` are in the order to draw. Fields that are missing or 0 stay empty.
    """
    import altair as alt

    shown = sorted((field for field in fields if field.value > 0), key=lambda field: field.value)
    # A few outliers would make everything else look alike.
    largest = shown[ceil(USUAL * (len(shown) - 1))].value if shown else 1.0
    data = alt.Data(values=[vars(field) for field in shown])
    ends = [largest * (step / STEPS) ** 2 for step in range(1, STEPS)]
    faint = [FAINTEST + (1 - FAINTEST) * step / (STEPS - 1) for step in range(STEPS)]
    opacity = alt.Opacity(
        "value:Q",
        title=title,
        scale=alt.Scale(type="threshold", domain=ends, range=faint),
        legend=alt.Legend(
            orient="top",
            columns=3,
            titleLimit=WIDTH,
            format=".0%" if ends[0] >= 0.01 else ".1%",
            labelExpr="replace(datum.label, ' – ', '–')",
            symbolFillColor=ACCENT,
            symbolType="square",
        ),
    )
    wide, tall = (alt.Scale(domain=names, paddingInner=0.06) for names in (columns, rows))
    x = alt.X("column:O", title=None, scale=wide, axis=alt.Axis(labelOverlap=True, labelAngle=0, labelSeparation=4))
    y = alt.Y("row:N", title=None, scale=tall, axis=alt.Axis(labelLimit=180))
    chart = alt.Chart(data).mark_rect(fill=ACCENT, color=ACCENT).encode(x=x, y=y, opacity=opacity)
    return to_svg(chart.properties(width=WIDTH, height=90 + ROW * len(rows)), name=name, label=label)
