"""`[enrich.spell]`: what a speller is built from, and when it corrects."""

import msgspec


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
    protected: list[str] = []
    """Words that are never changed, beside those with digits and units of measure: brands, say."""
    max_false_corrections: float = 0.03
    """Share of queries without a mistake that may be changed."""
    folds: int = 5
    """Parts of the known corrections; each is corrected by a speller that was built without it."""
