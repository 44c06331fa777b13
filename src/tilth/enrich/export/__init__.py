"""Rules in the formats of search engines, checked against each one's limits and grammar before anything is written."""

from tilth.enrich.export.result import Exported, Misfit
from tilth.enrich.export.run import FORMATS, OnMisfit, export_rules

__all__ = ["FORMATS", "Exported", "Misfit", "OnMisfit", "export_rules"]
