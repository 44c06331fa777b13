"""Labels for pairs: rubrics, teachers, and how far teachers can be believed."""

from tilth.judge.compare import compare
from tilth.judge.comparison import Comparison
from tilth.judge.rubric import Rubric, load_rubric, shipped_rubrics

__all__ = ["Comparison", "Rubric", "compare", "load_rubric", "shipped_rubrics"]
