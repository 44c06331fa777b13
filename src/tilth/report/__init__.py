"""The report: one HTML file that opens offline, drawn from what the steps wrote."""

from tilth.report.config import ReportConfig
from tilth.report.content import Content, CostLine, Example
from tilth.report.render import render, write_report

__all__ = ["Content", "CostLine", "Example", "ReportConfig", "render", "write_report"]
