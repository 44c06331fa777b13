"""Candidates for synonyms from catalog and log, and a model's verdict on them."""

from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.config import MINERS, SynonymConfig, check_synonyms
from tilth.enrich.synonyms.heads import Heads, find_heads
from tilth.enrich.synonyms.mine import mine, rule_id, to_rules
from tilth.enrich.synonyms.remembered import VERDICT_SCHEMA, from_table, to_table
from tilth.enrich.synonyms.titles import Titles
from tilth.enrich.synonyms.verdict import Asked, PairVerdict, ask, decided, synonym_prompt, unasked

__all__ = [
    "MINERS",
    "VERDICT_SCHEMA",
    "Asked",
    "Candidate",
    "Heads",
    "PairVerdict",
    "SynonymConfig",
    "Titles",
    "ask",
    "check_synonyms",
    "decided",
    "find_heads",
    "from_table",
    "mine",
    "rule_id",
    "synonym_prompt",
    "to_rules",
    "to_table",
    "unasked",
]
