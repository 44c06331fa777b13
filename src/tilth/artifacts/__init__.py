"""What building writes and filtering and serving read, each with a manifest."""

from tilth.artifacts.distribution import Distribution
from tilth.artifacts.entities import EntityStore, StoredSide, load_store, refresh_side, write_store
from tilth.artifacts.filter import Decisions, Filter, FilterFile
from tilth.artifacts.reasons import LOOKED_AT, full_reasons, short_reasons
from tilth.artifacts.version import student_version, threshold_version

__all__ = [
    "LOOKED_AT",
    "Decisions",
    "Distribution",
    "EntityStore",
    "Filter",
    "FilterFile",
    "StoredSide",
    "full_reasons",
    "load_store",
    "refresh_side",
    "short_reasons",
    "student_version",
    "threshold_version",
    "write_store",
]
