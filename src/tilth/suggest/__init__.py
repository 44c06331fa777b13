"""Query recommendations: candidates from titles, logs and an LLM, filtered and ranked."""

from tilth.suggest.build import choose, write_suggester
from tilth.suggest.config import SuggestConfig, check_suggest
from tilth.suggest.filter import SafetyList, load_safety
from tilth.suggest.mine import MinedLog, mine_catalog, mine_log

__all__ = [
    "MinedLog",
    "SafetyList",
    "SuggestConfig",
    "check_suggest",
    "choose",
    "load_safety",
    "mine_catalog",
    "mine_log",
    "write_suggester",
]
