"""Spelling: a speller from catalog and log, its trees and threshold from known corrections, hard cases for an LLM."""

from tilth.enrich.spell.build import build, general_words
from tilth.enrich.spell.config import SpellConfig, check_spell
from tilth.enrich.spell.fit import Fitted, Model, fit_threshold, fit_weights, mistakes_of, with_fit
from tilth.enrich.spell.hard import HARD_SCHEMA, hard_cases
from tilth.enrich.spell.learn import Learned, learn_from, with_exceptions, without_source
from tilth.enrich.spell.prompt import questions, spelling_prompt
from tilth.enrich.spell.rules import spelling_rules
from tilth.enrich.spell.run import Trained, run
from tilth.enrich.spell.traffic import Traffic, folded
from tilth.enrich.spell.train import Corpus, fit, train

__all__ = [
    "HARD_SCHEMA",
    "Corpus",
    "Fitted",
    "Learned",
    "Model",
    "SpellConfig",
    "Traffic",
    "Trained",
    "build",
    "check_spell",
    "fit",
    "fit_threshold",
    "fit_weights",
    "folded",
    "general_words",
    "hard_cases",
    "learn_from",
    "mistakes_of",
    "questions",
    "run",
    "spelling_prompt",
    "spelling_rules",
    "train",
    "with_exceptions",
    "with_fit",
    "without_source",
]
