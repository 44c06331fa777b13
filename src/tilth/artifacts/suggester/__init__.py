"""The suggester: queries by prefix, in memory-mapped files."""

from tilth.artifacts.suggester.keys import key_of, key_text
from tilth.artifacts.suggester.suggester import Suggested, Suggester

__all__ = ["Suggested", "Suggester", "key_of", "key_text"]
