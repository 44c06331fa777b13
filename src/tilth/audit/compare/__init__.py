"""Two audits beside each other: what improved, with intervals."""

from tilth.audit.compare.comparison import CategoryChange, Comparison, GapChange, MeasureChange, Verdict
from tilth.audit.compare.run import compare

__all__ = ["CategoryChange", "Comparison", "GapChange", "MeasureChange", "Verdict", "compare"]
