"""Queries that people typed, out of a log of any length in bounded memory."""

from tilth.suggest.mine.log.run import MinedLog, mine_log

__all__ = ["MinedLog", "mine_log"]
