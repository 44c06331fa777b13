"""Candidates from titles, facets and logs."""

from tilth.suggest.mine.run import mine_catalog

__all__ = ["mine_catalog"]
