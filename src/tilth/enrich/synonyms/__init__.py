"""Candidates for synonyms from catalog, log and LLM, and a model's verdict on them."""

from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.config import MINERS, SynonymConfig, check_synonyms
from tilth.enrich.synonyms.heads import Heads, find_heads
from tilth.enrich.synonyms.mine import mine, rule_id, to_rules
from tilth.enrich.synonyms.propose import (
    PROPOSAL_SCHEMA,
    SAID_SCHEMA,
    Vocabulary,
    checked,
    proposal_questions,
    propose_prompt,
    proposed,
    said_table,
    thin_table,
)
from tilth.enrich.synonyms.remembered import VERDICT_SCHEMA, from_table, to_table
from tilth.enrich.synonyms.thin import ThinQuery, thin_queries
from tilth.enrich.synonyms.titles import Titles
from tilth.enrich.synonyms.verdict import (
    ANSWER_SCHEMA,
    PairVerdict,
    answer_table,
    decided,
    pair_table,
    questions,
    synonym_prompt,
    unasked,
    verdicts_of,
)

__all__ = [
    "ANSWER_SCHEMA",
    "MINERS",
    "PROPOSAL_SCHEMA",
    "SAID_SCHEMA",
    "VERDICT_SCHEMA",
    "Candidate",
    "Heads",
    "PairVerdict",
    "SynonymConfig",
    "ThinQuery",
    "Titles",
    "Vocabulary",
    "answer_table",
    "check_synonyms",
    "checked",
    "decided",
    "find_heads",
    "from_table",
    "mine",
    "pair_table",
    "proposal_questions",
    "propose_prompt",
    "proposed",
    "questions",
    "rule_id",
    "said_table",
    "synonym_prompt",
    "thin_queries",
    "thin_table",
    "to_rules",
    "to_table",
    "unasked",
    "verdicts_of",
]
