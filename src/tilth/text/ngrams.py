"""Character n-grams of words."""

import itertools
from collections.abc import Sequence


def word_ngrams(word: str, sizes: Sequence[int]) -> list[str]:
    """All runs of `sizes` characters of `<word>`; the marks make a prefix differ from an infix."""
    marked = f"<{word}>"
    return [marked[start : start + size] for size in sizes for start in range(len(marked) - size + 1)]


def bigrams(words: Sequence[str]) -> list[str]:
    """Neighbouring words, joined by a space."""
    return [f"{first} {second}" for first, second in itertools.pairwise(words)]
