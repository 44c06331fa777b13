"""How good suggestions are: held-out queries typed again, and what of the catalog is within reach."""

from tilth.suggest.evaluate.compare import Outcome, evaluate
from tilth.suggest.evaluate.measures import covered, hits, keystrokes_saved, mean_of, ratio_of, reciprocal_ranks
from tilth.suggest.evaluate.reach import Reach, exploratory_share, retrievability
from tilth.suggest.evaluate.replay import Complete, ranks_after, typed_until
from tilth.suggest.evaluate.slices import by_slice, demand_slices

__all__ = [
    "Complete",
    "Outcome",
    "Reach",
    "by_slice",
    "covered",
    "demand_slices",
    "evaluate",
    "exploratory_share",
    "hits",
    "keystrokes_saved",
    "mean_of",
    "ranks_after",
    "ratio_of",
    "reciprocal_ranks",
    "retrievability",
    "typed_until",
]
