"""The page on the road from labels to a filter: teachers, student, threshold, what they cost."""

from tilth.report.filtering.content import Content, CostLine, Example
from tilth.report.filtering.render import render, write_report

__all__ = ["Content", "CostLine", "Example", "render", "write_report"]
