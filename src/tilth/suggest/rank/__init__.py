"""The order of what is offered, learned from a log that is typed again."""

from tilth.suggest.rank.features import FEATURES, features
from tilth.suggest.rank.ranker import Fitted, Ranker, Replayed, fit_ranker, replay

__all__ = ["FEATURES", "Fitted", "Ranker", "Replayed", "features", "fit_ranker", "replay"]
