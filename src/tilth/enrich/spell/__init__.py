"""Spelling: a speller from catalog and log, its threshold from known corrections, hard cases for an LLM."""

from tilth.enrich.spell.build import build
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.spell.fit import Fitted, fit_threshold, fit_weights, mistakes_of, with_fit
from tilth.enrich.spell.hard import HARD_SCHEMA, hard_cases
from tilth.enrich.spell.learn import Learned, learn_from, with_exceptions, without_source
from tilth.enrich.spell.prompt import SpellingPrompt, questions, spelling_prompt
from tilth.enrich.spell.train import Corpus, fit, train

__all__ = [
    "HARD_SCHEMA",
    "Corpus",
    "Fitted",
    "Learned",
    "SpellConfig",
    "SpellingPrompt",
    "build",
    "fit",
    "fit_threshold",
    "fit_weights",
    "hard_cases",
    "learn_from",
    "mistakes_of",
    "questions",
    "spelling_prompt",
    "train",
    "with_exceptions",
    "with_fit",
    "without_source",
]
