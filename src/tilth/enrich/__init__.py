"""Metadata that the catalog lacks, read or derived with an LLM; rules for searching it, proved and exported."""

from tilth.enrich.attributes import Failure, Reading, Way
from tilth.enrich.attributes import run as read_attributes
from tilth.enrich.config import AttributeConfig, EnrichConfig
from tilth.enrich.reader import Reader
from tilth.enrich.schema import check_attributes, check_confidence
from tilth.enrich.synonyms.config import SynonymConfig, check_synonyms

__all__ = [
    "AttributeConfig",
    "EnrichConfig",
    "Failure",
    "Reader",
    "Reading",
    "SynonymConfig",
    "Way",
    "check_attributes",
    "check_confidence",
    "check_synonyms",
    "read_attributes",
]
