"""Finding where the data is thin: measures of catalog, interactions and searches, and the gaps they show."""

from tilth.audit.config import AuditConfig, FieldsConfig, KindsConfig, check_audit
from tilth.audit.definitions import DEFINITIONS, Definition
from tilth.audit.result import GROUPS, Audit, Finding, Measure, Part

__all__ = [
    "DEFINITIONS",
    "GROUPS",
    "Audit",
    "AuditConfig",
    "Definition",
    "FieldsConfig",
    "Finding",
    "KindsConfig",
    "Measure",
    "Part",
    "check_audit",
]
