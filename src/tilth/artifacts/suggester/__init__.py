"""The suggester: queries by prefix, in memory-mapped files."""

from tilth.artifacts.suggester.features import FEATURES, features
from tilth.artifacts.suggester.keys import MAX_CHARS, key_of, key_text
from tilth.artifacts.suggester.normal import normal_form, normal_words
from tilth.artifacts.suggester.ranker import CANDIDATES, Ranker
from tilth.artifacts.suggester.suggested import Suggested
from tilth.artifacts.suggester.suggester import Suggester

__all__ = [
    "CANDIDATES",
    "FEATURES",
    "MAX_CHARS",
    "Ranker",
    "Suggested",
    "Suggester",
    "features",
    "key_of",
    "key_text",
    "normal_form",
    "normal_words",
]
