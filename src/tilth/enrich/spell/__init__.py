"""Spelling: a speller from catalog and log, its threshold from known corrections, hard cases for an LLM."""

from tilth.enrich.spell.build import build
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.spell.fit import Fitted, fit_threshold, fit_weights, mistakes_of, with_fit
from tilth.enrich.spell.train import Corpus, fit, train

__all__ = [
    "Corpus",
    "Fitted",
    "SpellConfig",
    "build",
    "fit",
    "fit_threshold",
    "fit_weights",
    "mistakes_of",
    "train",
    "with_fit",
]
