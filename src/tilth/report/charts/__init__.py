"""Charts: numbers in, inline SVG out. Altair is imported when the first one is drawn."""

from tilth.report.charts.bars import draw_bars
from tilth.report.charts.dumbbells import draw_dumbbells
from tilth.report.charts.heat import draw_heat
from tilth.report.charts.learning import draw_learning
from tilth.report.charts.lorenz import draw_lorenz
from tilth.report.charts.precision_recall import draw_precision_recall
from tilth.report.charts.ranks import draw_ranks
from tilth.report.charts.reliability import draw_reliability
from tilth.report.charts.tail import draw_tail
from tilth.report.charts.timeline import draw_timeline
from tilth.report.charts.whiskers import draw_whiskers

__all__ = [
    "draw_bars",
    "draw_dumbbells",
    "draw_heat",
    "draw_learning",
    "draw_lorenz",
    "draw_precision_recall",
    "draw_ranks",
    "draw_reliability",
    "draw_tail",
    "draw_timeline",
    "draw_whiskers",
]
