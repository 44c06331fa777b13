"""What a query asks for: types of things, categories, and what to search for besides.

types       what each item is, rules that look for it, one category for each
labels      queries whose category is known: clicks, judgments
categories | measure    the small model | what it is worth on queries that it has not seen
build       all of it together
lookup      frequent queries as a table
"""

from tilth.enrich.expand.build import Built, build_understander, closed_values
from tilth.enrich.expand.categories import fit_categories
from tilth.enrich.expand.config import ExpandConfig, check_expand
from tilth.enrich.expand.labels import LabelledQuery, Labels, clicked_labels, judged_labels, strongest
from tilth.enrich.expand.lookup import LOOKUP_SCHEMA, lookup_bytes, lookup_table
from tilth.enrich.expand.measure import Measure
from tilth.enrich.expand.types import item_categories, type_rules, types_of

__all__ = [
    "LOOKUP_SCHEMA",
    "Built",
    "ExpandConfig",
    "LabelledQuery",
    "Labels",
    "Measure",
    "build_understander",
    "check_expand",
    "clicked_labels",
    "closed_values",
    "fit_categories",
    "item_categories",
    "judged_labels",
    "lookup_bytes",
    "lookup_table",
    "strongest",
    "type_rules",
    "types_of",
]
