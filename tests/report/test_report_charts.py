import re
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from tilth.report.charts import (
    draw_bars,
    draw_dumbbells,
    draw_heat,
    draw_learning,
    draw_lorenz,
    draw_precision_recall,
    draw_ranks,
    draw_reliability,
    draw_tail,
    draw_timeline,
    draw_whiskers,
)
from tilth.report.charts.dumbbells import Dumbbell
from tilth.report.charts.heat import Field
from tilth.report.charts.tail import Bin, compact
from tilth.report.charts.theme import PALETTE
from tilth.report.charts.timeline import Moment
from tilth.report.charts.whiskers import Whisker

HOSTILE = "\"'><script>alert(1)</script>&amp; url(#x)"
CURVE = [{"recall": i / 9, "precision": 1 - i / 20} for i in range(10)]
SHARES = [{"items_share": i / 9, "events_share": (i / 9) ** 3} for i in range(10)]
LEARNING = [{"n_labels": n, "value": 0.7, "low": 0.6, "high": 0.8} for n in (10.0, 100.0, 1000.0)]


def whiskers(name: str) -> str:
    rows = [Whisker(f"{HOSTILE}{i}", 0.8, 0.7, 0.9, i == 0) for i in range(3)]
    return draw_whiskers(rows, title="Precision", target=0.9, name=name, label=HOSTILE)


CHARTS = {
    "whiskers": whiskers,
    "bars": lambda name: draw_bars([(HOSTILE, 1.0), ("b", 0.5)], title="t", name=name, label=HOSTILE),
    "learning": lambda name: draw_learning(LEARNING, teacher=0.95, name=name, label=HOSTILE),
    "reliability": lambda name: draw_reliability(
        [{"p": 0.1, "rate": 0.2, "count": 4}, {"p": 0.9, "rate": 0.8, "count": 40}], title="t", name=name, label=HOSTILE
    ),
    "lorenz": lambda name: draw_lorenz(SHARES, name=name, label=HOSTILE),
    "tail": lambda name: draw_tail(
        [Bin(HOSTILE, 3, marked=True), Bin("1", 2.0)], x_title=HOSTILE, y_title="Items", name=name, label=HOSTILE
    ),
    "timeline": lambda name: draw_timeline(
        [Moment("2025-01-01T00:00:00Z", 0.5, partial=True), Moment("2025-02-01T00:00:00Z", 0.4)],
        title="t",
        name=name,
        label=HOSTILE,
    ),
    "heat": lambda name: draw_heat(
        [Field("2025", HOSTILE, 0.5), Field("2026", "b", 0.01)],
        columns=["2025", "2026"],
        rows=[HOSTILE, "b"],
        title="t",
        name=name,
        label=HOSTILE,
    ),
    "ranks": lambda name: draw_ranks(
        [{"rank": 1.0, "searches": 40.0}, {"rank": 90.0, "searches": 1.0}],
        marks=[(3.0, "head")],
        name=name,
        label=HOSTILE,
    ),
    "dumbbells": lambda name: draw_dumbbells(
        [Dumbbell(HOSTILE, 0.1, 0.4), Dumbbell("b", 0.2, 0.2)], names=("a", "b"), title="t", name=name, label=HOSTILE
    ),
    "curve": lambda name: draw_precision_recall(CURVE, chosen=(0.5, 0.9), target=0.9, name=name, label=HOSTILE),
}


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_labelled_picture_that_loads_nothing(chart):
    svg = str(CHARTS[chart](chart))
    root = ElementTree.fromstring(svg)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == HOSTILE
    assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "line", "text", "rect", "defs", "clipPath"}
    assert "http" not in svg
    assert len(re.findall(r'role="', svg)) == 1


@pytest.mark.parametrize("chart", CHARTS)
def test_the_style_sheet_knows_every_colour_of_a_chart(chart):
    style = files("tilth.report").joinpath("templates", "report.css").read_text()
    root = ElementTree.fromstring(str(CHARTS[chart](chart)))
    used = {element.get(kind) for element in root.iter() for kind in ("fill", "stroke")}
    assert used - {None, "none", "transparent"} <= set(PALETTE)
    for colour in PALETTE:
        assert f'[fill="{colour}"]' in style
        assert f'[stroke="{colour}"]' in style


def test_ids_of_two_charts_differ():
    first, second = (set(re.findall(r'\bid="([^"]+)"', str(whiskers(name)))) for name in ("one", "two"))
    assert not first & second


@pytest.mark.parametrize("points", [LEARNING[:1], [{"n_labels": 0.0, "value": 0.5, "low": 0.5, "high": 0.5}]])
def test_a_curve_of_one_point_is_drawn(points):
    assert "<svg" in draw_learning(points, teacher=None, name="a", label="b")


def test_whiskers_of_one_and_of_thirty():
    for n in (1, 30):
        rows = [Whisker(f"model {i}", 0.5, 0.5, 0.5, False) for i in range(n)]
        svg = draw_whiskers(rows, title="t", target=None, name="w", label="l")
        assert all(f">model {i}<" in svg for i in range(n))


def test_the_more_of_a_field_the_stronger_its_colour():
    fields = [Field("x", str(i), value) for i, value in enumerate((0.0, 0.01, 0.1, 0.4))]
    svg = draw_heat(fields, columns=["x"], rows=["0", "1", "2", "3"], title="t", name="h", label="l")
    marks = re.search(r"<path[^>]*opacity.*", svg)[0].partition("legend")[0]
    strength = [float(one) for one in re.findall(r'opacity="([\d.]+)"', marks)][:3]
    assert strength == sorted(strength)
    assert len(set(strength)) == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (940, "940"), (1000, "1k"), (1234, "1.2k"), (13_499, "13k"), (4_500_000, "4.5M"), (2e9, "2G")],
)
def test_a_number_above_a_bar_has_four_signs_at_most(value, text):
    assert compact(value) == text
