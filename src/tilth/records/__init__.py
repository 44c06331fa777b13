"""The nouns all parts exchange: frozen types over Arrow tables, no I/O."""

from tilth.records.behavior import EVENT_SCHEMA, SEARCH_SCHEMA, Events, Searches
from tilth.records.entities import ENTITY_SCHEMA, Attributes, Entities, Role
from tilth.records.gaps import GAP_SCHEMA, MEMBER_SCHEMA, Gaps, GapStep
from tilth.records.judgments import JUDGMENT_SCHEMA, SOURCE_KINDS, Judgments, check_source
from tilth.records.pairs import PAIR_SCHEMA, Pairs
from tilth.records.positive import Positive
from tilth.records.rules import RULE_SCHEMA, Anchor, Direction, Rule, RuleKind, Verdict, rule_table, rules_of
from tilth.records.suggestions import SUGGESTION_SCHEMA, Suggestions

__all__ = [
    "ENTITY_SCHEMA",
    "EVENT_SCHEMA",
    "GAP_SCHEMA",
    "JUDGMENT_SCHEMA",
    "MEMBER_SCHEMA",
    "PAIR_SCHEMA",
    "RULE_SCHEMA",
    "SEARCH_SCHEMA",
    "SOURCE_KINDS",
    "SUGGESTION_SCHEMA",
    "Anchor",
    "Attributes",
    "Direction",
    "Entities",
    "Events",
    "GapStep",
    "Gaps",
    "Judgments",
    "Pairs",
    "Positive",
    "Role",
    "Rule",
    "RuleKind",
    "Searches",
    "Suggestions",
    "Verdict",
    "check_source",
    "rule_table",
    "rules_of",
]
