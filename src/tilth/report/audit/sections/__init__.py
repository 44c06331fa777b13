"""The audit's sections, one a file: each takes the facts and gives a `Section`, or None where there are no data."""

from tilth.report.audit.sections.categories import categories_section
from tilth.report.audit.sections.changes import changes_section
from tilth.report.audit.sections.feedback import feedback_section
from tilth.report.audit.sections.fields import fields_section
from tilth.report.audit.sections.gaps import gaps_section
from tilth.report.audit.sections.glossary import glossary_section
from tilth.report.audit.sections.items import items_section
from tilth.report.audit.sections.method import method_section
from tilth.report.audit.sections.newness import newness_section
from tilth.report.audit.sections.popularity import popularity_section
from tilth.report.audit.sections.quality import quality_section
from tilth.report.audit.sections.search import search_section

SECTIONS = (
    gaps_section,
    changes_section,
    items_section,
    newness_section,
    categories_section,
    popularity_section,
    fields_section,
    search_section,
    feedback_section,
    quality_section,
    method_section,
    glossary_section,
)
"""In the order in which they stand on the page."""

__all__ = ["SECTIONS"]
