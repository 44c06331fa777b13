"""The page's sections, one a file: each takes the facts and gives a `Section`, or None where there are no data."""

from tilth.report.filtering.sections.calibration import calibration_section
from tilth.report.filtering.sections.candidates import candidates_section
from tilth.report.filtering.sections.costs import costs_section
from tilth.report.filtering.sections.data import data_section
from tilth.report.filtering.sections.examples import examples_section
from tilth.report.filtering.sections.features import features_section
from tilth.report.filtering.sections.glossary import glossary_section
from tilth.report.filtering.sections.learning import learning_section
from tilth.report.filtering.sections.method import method_section
from tilth.report.filtering.sections.student import student_section
from tilth.report.filtering.sections.teachers import teachers_section
from tilth.report.filtering.sections.threshold import threshold_section
from tilth.report.filtering.sections.ties import ties_section

SECTIONS = (
    teachers_section,
    ties_section,
    student_section,
    threshold_section,
    calibration_section,
    learning_section,
    features_section,
    candidates_section,
    examples_section,
    data_section,
    costs_section,
    method_section,
    glossary_section,
)
"""In the order in which they stand on the page."""

__all__ = ["SECTIONS"]
