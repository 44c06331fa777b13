"""Candidates from titles, facets and logs."""

from tilth.suggest.mine.log import MinedLog, mine_log
from tilth.suggest.mine.run import mine_catalog

__all__ = ["MinedLog", "mine_catalog", "mine_log"]
