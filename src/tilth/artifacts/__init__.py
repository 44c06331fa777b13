"""What building writes and filtering reads, each with a manifest."""

from tilth.artifacts.filter import Decisions, Filter, FilterFile

__all__ = ["Decisions", "Filter", "FilterFile"]
