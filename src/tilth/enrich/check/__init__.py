"""How good the values are that were read: against gold, by attribute, and whether confidence means what it says."""

from tilth.enrich.check.calibrate import Level, Reliability, reliability
from tilth.enrich.check.gold import NOT_STATED, GoldValue, catalog_gold, load_gold
from tilth.enrich.check.run import Checked, check_values
from tilth.enrich.check.sample import SHEET_COLUMNS, draw_sheet
from tilth.enrich.check.score import FieldScore, score_field

__all__ = [
    "NOT_STATED",
    "SHEET_COLUMNS",
    "Checked",
    "FieldScore",
    "GoldValue",
    "Level",
    "Reliability",
    "catalog_gold",
    "check_values",
    "draw_sheet",
    "load_gold",
    "reliability",
    "score_field",
]
