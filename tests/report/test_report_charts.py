import re
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from tilth.report.charts import draw_bars, draw_learning, draw_precision_recall, draw_reliability, draw_whiskers
from tilth.report.charts.theme import PALETTE
from tilth.report.charts.whiskers import Whisker

HOSTILE = "\"'><script>alert(1)</script>&amp; url(#x)"
CURVE = [{"recall": i / 9, "precision": 1 - i / 20} for i in range(10)]
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
