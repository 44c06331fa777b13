"""Metadata that the catalog lacks, read or derived with an LLM; rules for searching it, proved and exported."""

from tilth.enrich.attributes import Failure, Reader, Reading
from tilth.enrich.attributes import run as read_attributes
from tilth.enrich.config import AttributeConfig, EnrichConfig
from tilth.enrich.schema import check_attributes

__all__ = ["AttributeConfig", "EnrichConfig", "Failure", "Reader", "Reading", "check_attributes", "read_attributes"]
