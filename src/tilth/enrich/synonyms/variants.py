"""One word written in several ways: joined or apart, and abbreviated to its initials."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.titles import in_a_row, is_plain

JOINED, INITIALS = "rule:joined", "rule:initials"
SHORTEST_PART = 3
"""Letters of a part of a compound: shorter ones are endings more often than words."""
MAX_INITIALS = 5
FEWEST_OF_TWO = 10
"""Titles that two letters and their words need together: two initials meet by accident."""


def joined_words(phrases: Sequence[Sequence[str]], *, fewest: int = 2) -> list[Candidate]:
    """`head set` for `headset`: words of the catalog that are two of its words written as one.

    If the catalog has both ways of writing, the pair goes both ways; else only from the one that finds nothing.
    """
    count = Counter(word for words in phrases for word in set(words))
    apart = Counter(pair for words in phrases for pair in set(in_a_row(words)))
    found: list[Candidate] = []
    for word, n in count.items():
        if n < fewest or not is_plain(word):
            continue
        for left, right in _splits(word):
            if count[left] >= fewest and count[right] >= fewest:
                both = apart[left, right]
                note = f"joined in {n} titles, apart in {both}"
                way = "two_way" if both else "one_way"
                found.append(Candidate(f"{left} {right}", word, JOINED, 1.0, note, way))
    return found


def _splits(word: str) -> Iterator[tuple[str, str]]:
    return ((word[:at], word[at:]) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1))


def initials(phrases: Sequence[Sequence[str]], *, fewest: int = 2) -> list[Candidate]:
    """`ups` for `uninterruptible power supply`: a short word and a row of words that begin with its letters, both in
    the catalog, and in one title at least `fewest` times and in half of the titles that have the row (Schwartz and
    Hearst 2003 look for them in one sentence)."""
    together, rows = Counter[tuple[str, str]](), Counter[str]()
    for words in phrases:
        short = {word for word in words if 2 <= len(word) <= MAX_INITIALS and word.isalpha()}
        for row in _rows(words):
            rows[row] += 1
            letters = "".join(word[0] for word in row.split())
            if letters in short:
                together[letters, row] += 1
    best = defaultdict[str, list[tuple[int, str]]](list)
    for (letters, row), n in together.items():
        spelled_out = letters not in row.split() and n >= max(fewest, rows[row] / 2)
        if spelled_out and (len(letters) > 2 or n >= FEWEST_OF_TWO):
            best[letters].append((n, row))
    return [
        Candidate(letters, row, INITIALS, n / rows[row], f"in one title {n} times of {rows[row]}")
        for letters, some in sorted(best.items())
        for n, row in [max(some)]
    ]


def _rows(words: Sequence[str]) -> set[str]:
    """All rows of 2 to MAX_INITIALS plain words."""
    found: set[str] = set()
    for start in range(len(words)):
        for end in range(start + 2, min(start + MAX_INITIALS, len(words)) + 1):
            if not all(map(is_plain, words[start:end])):
                break
            found.add(" ".join(words[start:end]))
    return found
