"""Queries written by an LLM, where nothing else reaches."""

from tilth.suggest.generate.ask import ASKED_SCHEMA, WRITTEN_SCHEMA, Writer, questions_of, to_rows
from tilth.suggest.generate.distinctive import distinctive_words
from tilth.suggest.generate.reach import Reach, by_category, overlap, reach_of, unreached_items
from tilth.suggest.generate.written import to_candidates

__all__ = [
    "ASKED_SCHEMA",
    "WRITTEN_SCHEMA",
    "Reach",
    "Writer",
    "by_category",
    "distinctive_words",
    "overlap",
    "questions_of",
    "reach_of",
    "to_candidates",
    "to_rows",
    "unreached_items",
]
