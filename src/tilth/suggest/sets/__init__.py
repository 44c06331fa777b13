"""Sets of words as queries that nobody has asked yet: found in titles and logs, scored, and written as people type."""

from tilth.artifacts.suggester import normal_form, normal_words
from tilth.suggest.sets.model import SetConfig
from tilth.suggest.sets.plain import counted, title_phrases
from tilth.suggest.sets.proposing import RECOMBINED, ProposeConfig, propose

__all__ = [
    "RECOMBINED",
    "ProposeConfig",
    "SetConfig",
    "counted",
    "normal_form",
    "normal_words",
    "propose",
    "title_phrases",
]
