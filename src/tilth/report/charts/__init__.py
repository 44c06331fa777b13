"""Charts: numbers in, inline SVG out. Altair is imported when the first one is drawn."""

from tilth.report.charts.bars import draw_bars
from tilth.report.charts.learning import draw_learning
from tilth.report.charts.precision_recall import draw_precision_recall
from tilth.report.charts.reliability import draw_reliability
from tilth.report.charts.whiskers import draw_whiskers

__all__ = ["draw_bars", "draw_learning", "draw_precision_recall", "draw_reliability", "draw_whiskers"]
