"""The reports: HTML files that open offline, drawn from what the steps wrote. `report.audit` draws the audit's."""

from tilth.report.config import ReportConfig
from tilth.report.filtering import Content, CostLine, Example, render, write_report

__all__ = ["Content", "CostLine", "Example", "ReportConfig", "render", "write_report"]
