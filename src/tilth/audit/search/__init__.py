"""The search half of the audit: what people ask for, whether they find it, and which items nobody's search reaches."""

from tilth.audit.search.normal import normal_form
from tilth.audit.search.run import run_searches

__all__ = ["normal_form", "run_searches"]
