"""The order of what is offered, learned from a log that is typed again."""

from tilth.suggest.rank.learn import learn_ranker
from tilth.suggest.rank.ranker import Fitted, Replayed, fit_ranker, replay

__all__ = ["Fitted", "Replayed", "fit_ranker", "learn_ranker", "replay"]
