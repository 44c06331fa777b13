"""What speaks for a change and against it, and how much each of that counts.

A log-linear model (Och and Ney 2002) around the noisy channel of Kernighan, Church and Gale (1990): the channel's price
and the language model's probabilities are features among others, each weighed by what it is worth. The weighted sum is
the log odds that a change is wanted.
"""

from operator import mul
from typing import NamedTuple

import msgspec


class Features(NamedTuple):
    """Of one change. Logarithms are natural, lengths in characters. Those from `together` on are known only once the
    rest of the query is."""

    bias: float
    new: float
    """Log probability of what it becomes; the rarer of the two words of a split."""
    known: float
    """1 if the catalog has what was typed."""
    known_p: float
    """Log probability of what was typed, if the catalog has it."""
    logged: float
    """1 if only queries have what was typed."""
    logged_p: float
    """Log probability of what was typed, if only queries have it."""
    cost: float
    """The price of the edits; 0 for splits and joins."""
    split: float
    join: float
    inflected: float
    """1 if both are known words of the same stem."""
    final_s: float
    """1 if one of both ends in s and the other does not."""
    short: float
    """1 up to four letters."""
    length: float
    seen: float
    """Logarithm of 1 + how often this very change is in the known mistakes."""
    left: float
    """Logarithm of 1 + how often what was typed is in them as right."""
    listed: float
    """1 if the word list of the language has what was typed."""
    listed_p: float
    """Logarithm of its share of the list, if that has it."""
    new_listed: float
    """1 if the list has what it becomes, every word of it."""
    new_listed_p: float
    """Logarithm of the share of the rarest of these, if the list has them."""
    outside: float
    """1 if no text of the catalog has what it becomes."""
    together: float = 0.0
    """How much more often than by chance what it becomes stands in one text with the other words of the query: the sum
    of `Together.attraction` over them."""
    was_together: float = 0.0
    """The same of what was typed."""
    closest: float = 0.0
    """The highest of the numbers whose sum `together` is."""
    others: float = 0.0
    """How many other words the query has."""
    per_letter: float = 0.0
    """`cost` by the length of what was typed."""
    odds: float = 0.0
    """The log odds of the search, with what the neighbours say."""
    rank: float = 0.0
    """How many options in its place have higher ones."""
    gap: float = 0.0
    """By how much the log odds of the search are ahead of those of the next best option in its place, within 6 either
    way; where there is no other, 6."""


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number for each feature, and `context` for what bigrams add to the probabilities of single words.

    Fitted on 8,000 queries of a shop, a quarter of them with a mistake, and rounded; `tilth.enrich.spell.fit_weights`
    fits others.
    """

    bias: float = 3.3
    new: float = 0.43
    known: float = -5.0
    known_p: float = -0.18
    logged: float = -1.5
    logged_p: float = 0.0
    cost: float = -0.28
    split: float = -5.1
    join: float = -3.4
    inflected: float = 0.0
    final_s: float = -5.0
    short: float = -0.2
    length: float = 0.5
    seen: float = 1.9
    left: float = -1.1
    listed: float = 0.0
    listed_p: float = 0.0
    new_listed: float = 0.0
    new_listed_p: float = 0.0
    outside: float = 0.0
    together: float = 0.0
    was_together: float = 0.0
    closest: float = 0.0
    others: float = 0.0
    per_letter: float = 0.0
    odds: float = 0.0
    rank: float = 0.0
    gap: float = 0.0
    """A fit finds about 0.4. By default none: in a small catalog most words have no other option."""
    context: float = 0.23


SEARCH = Weights()
"""Those that options are looked for with."""


def in_order(weights: Weights) -> tuple[float, ...]:
    """The weights of the features, in their order."""
    return tuple(getattr(weights, name) for name in Features._fields)


def weighted(weights: tuple[float, ...], features: Features) -> float:
    """The log odds without context."""
    return sum(map(mul, weights, features))
