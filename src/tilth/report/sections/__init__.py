"""The page's sections, one a file: each takes the facts and gives a `Section`, or None where there are no data."""

from tilth.report.sections.calibration import calibration_section
from tilth.report.sections.candidates import candidates_section
from tilth.report.sections.costs import costs_section
from tilth.report.sections.data import data_section
from tilth.report.sections.examples import examples_section
from tilth.report.sections.features import features_section
from tilth.report.sections.glossary import glossary_section
from tilth.report.sections.learning import learning_section
from tilth.report.sections.method import method_section
from tilth.report.sections.student import student_section
from tilth.report.sections.teachers import teachers_section
from tilth.report.sections.threshold import threshold_section
from tilth.report.sections.ties import ties_section

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
