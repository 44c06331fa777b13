"""Character n-grams of words."""

from collections.abc import Sequence


def word_ngrams(word: str, sizes: Sequence[int]) -> list[str]:
    """All runs of `sizes` characters of `<word>`; the marks make a prefix differ from an infix."""
    marked = f"<{word}>"
    return [marked[start : start + size] for size in sizes for start in range(len(marked) - size + 1)]
