"""What a query asks for: types of things, categories, and what to search for besides."""

from tilth.enrich.expand.build import build_understander, closed_values
from tilth.enrich.expand.categories import fit_categories
from tilth.enrich.expand.types import type_rules, types_of

__all__ = ["build_understander", "closed_values", "fit_categories", "type_rules", "types_of"]
