"""`[enrich.spell]`: what a speller is built from, and when it corrects."""

import msgspec

from tilth.errors import ConfigError


class SpellConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich.spell]`."""

    query_weight: float = 5.0
    """What a query of weight 1 counts, against a text of weight 1: queries are few, and closer to what is corrected."""
    distrust: float = 0.5
    """What a word counts that only queries have: it may be a mistake that many make."""
    min_query_weight: float = 2.0
    """A word that only queries have is taken from this weight on (different users, where the log tells them apart)."""
    max_words: int = 1_000_000
    """The most frequent words are kept."""
    max_pairs: int = 8_000_000
    """The most frequent pairs of words are kept."""
    known: str | None = None
    """File of known corrections with the columns `wrong` and `right`; alike where a query is right as it is."""
    word_list: str | None = None
    """File of words of the language, one a line, each with how often it is used after it, if that is known: real words
    that the catalog happens to lack are then neither taken for mistakes nor out of reach."""
    contexts_are_queries: bool = False
    """Where there is no log: the titles of `[data.contexts]` are queries."""
    protected: list[str] = []
    """Words that are never changed, beside those with digits and units of measure: brands, say."""
    max_false_corrections: float = 0.03
    """Share of queries without a mistake that may be changed."""
    folds: int = 5
    """Parts of the known corrections; each is corrected by a speller that was built without it."""
    head: int = 20_000
    """So many of the most frequent queries are looked at for rules and for questions to an LLM."""
    ask_within: float = 1.5
    """Log odds that a query's change may be away from the threshold for an LLM to be asked about it."""
    ask_at_most: int = 1000
    """Queries that an LLM is asked about in one run, the most frequent ones."""


def check_spell(config: SpellConfig) -> None:
    """Raises:
    ConfigError: a value is out of range.
    """
    at_least = {
        "query_weight": 0,
        "distrust": 0,
        "min_query_weight": 0,
        "max_words": 1,
        "max_pairs": 1,
        "folds": 2,
        "head": 1,
        "ask_within": 0,
        "ask_at_most": 1,
    }
    for name, least in at_least.items():
        if not getattr(config, name) >= least:  # a NaN fails too
            raise ConfigError(f"[enrich.spell] {name} must be at least {least}, not {getattr(config, name)}")
    if not 0 < config.max_false_corrections < 1:
        given = config.max_false_corrections
        raise ConfigError(f"[enrich.spell] max_false_corrections must lie between 0 and 1, not {given}")
