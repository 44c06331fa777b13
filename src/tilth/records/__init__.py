"""The nouns all parts exchange: frozen types over Arrow tables, no I/O."""

from tilth.records.entities import ENTITY_SCHEMA, Attributes, Entities, Role
from tilth.records.judgments import JUDGMENT_SCHEMA, SOURCE_KINDS, Judgments, check_source
from tilth.records.pairs import PAIR_SCHEMA, Pairs
from tilth.records.positive import Positive

__all__ = [
    "ENTITY_SCHEMA",
    "JUDGMENT_SCHEMA",
    "PAIR_SCHEMA",
    "SOURCE_KINDS",
    "Attributes",
    "Entities",
    "Judgments",
    "Pairs",
    "Positive",
    "Role",
    "check_source",
]
