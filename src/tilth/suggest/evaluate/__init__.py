"""How good suggestions are: held-out queries typed again, and what of the catalog is within reach."""

from tilth.suggest.evaluate.compare import Outcome, evaluate
from tilth.suggest.evaluate.demand import Demand, demand_of, drawn
from tilth.suggest.evaluate.measures import (
    clustered_mean,
    covered,
    hits,
    keystrokes_saved,
    mean_of,
    ratio_of,
    reciprocal_ranks,
)
from tilth.suggest.evaluate.reach import Reach, exploratory_share, retrievability
from tilth.suggest.evaluate.replay import Complete, ranks_after, typed_until
from tilth.suggest.evaluate.results import Evaluation, Measures, Slice, Variant, Verdict
from tilth.suggest.evaluate.run import ALL, RANKED, World, evaluate_sources, variants_of
from tilth.suggest.evaluate.slices import demand_slices
from tilth.suggest.evaluate.split import HoldOut, SplitLog, split_log

__all__ = [
    "ALL",
    "RANKED",
    "Complete",
    "Demand",
    "Evaluation",
    "HoldOut",
    "Measures",
    "Outcome",
    "Reach",
    "Slice",
    "SplitLog",
    "Variant",
    "Verdict",
    "World",
    "clustered_mean",
    "covered",
    "demand_of",
    "demand_slices",
    "drawn",
    "evaluate",
    "evaluate_sources",
    "exploratory_share",
    "hits",
    "keystrokes_saved",
    "mean_of",
    "ranks_after",
    "ratio_of",
    "reciprocal_ranks",
    "retrievability",
    "split_log",
    "typed_until",
    "variants_of",
]
