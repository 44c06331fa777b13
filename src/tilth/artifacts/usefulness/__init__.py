"""How useful each line is expected to be that is shown while somebody types.

curves      a share of weight -> a probability, and the two curves as a file beside the suggester
shares      scores of suggestions, and of instant results, as shares of what is on offer
instant     the items that a text still being typed finds
merge       both lists in one order
"""

from tilth.artifacts.usefulness.curves import DEFAULT, Curve, Usefulness, read_usefulness, write_usefulness
from tilth.artifacts.usefulness.instant import RESULTS, Answered, instant_hits
from tilth.artifacts.usefulness.merge import Line, merged
from tilth.artifacts.usefulness.shares import COMPLETIONS, EDIT_SHARE, item_shares, suggestion_shares

__all__ = [
    "COMPLETIONS",
    "DEFAULT",
    "EDIT_SHARE",
    "RESULTS",
    "Answered",
    "Curve",
    "Line",
    "Usefulness",
    "instant_hits",
    "item_shares",
    "merged",
    "read_usefulness",
    "suggestion_shares",
    "write_usefulness",
]
