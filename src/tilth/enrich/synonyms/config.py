"""`[enrich.synonyms]`: which miners look for candidates, and how much a pair has to show."""

from typing import Literal

import msgspec

from tilth.errors import ConfigError

MinerName = Literal["joined", "initials", "neighbours", "coclicked", "reformulated"]
MINERS: tuple[MinerName, ...] = ("joined", "initials", "neighbours", "coclicked", "reformulated")


class SynonymConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich.synonyms]`."""

    miners: tuple[MinerName, ...] = MINERS
    llm: str | None = None
    """Name of the `[llm.NAME]` section that is asked about the candidates; none asks nobody."""
    proposer: str | None = None
    """Name of the `[llm.NAME]` section that proposes terms for queries without results; `llm` if not said."""
    propose_at_most: int = 500
    """Queries that are asked about, those without results first, then the tail; each by how many people asked it."""
    fewest: int = 2
    """Titles that a word must stand in."""
    similarity: float = 0.45
    """Least likeness of two neighbouring words, from 0 to 1."""
    each: int = 3
    """Neighbours of a word, at most."""
    users: int = 2
    """Different people who have to do what a log is read for."""
    likeness: float = 0.2
    """Least cosine of the clicks of two queries."""
    least_confidence: float = 0.7
    """Of the LLM's verdict: below, the pair counts as undecided and is no rule."""
    seed: int = 0


def check_synonyms(config: SynonymConfig) -> None:
    """Raises ConfigError where a value is out of range."""
    for name in ("fewest", "each", "users", "propose_at_most"):
        if getattr(config, name) < 1:
            raise ConfigError(f"[enrich.synonyms] {name} must be at least 1, not {getattr(config, name)}")
    for name in ("similarity", "likeness", "least_confidence"):
        if not 0 <= getattr(config, name) <= 1:
            raise ConfigError(f"[enrich.synonyms] {name} must lie between 0 and 1, not {getattr(config, name)}")
