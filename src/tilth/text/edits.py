"""Whether two words lie within a few typing errors of each other."""

MOST_EDITS = 2
"""That are ever allowed."""


def within_edits(one: str, other: str, most: int) -> bool:
    """Whether at most `most` edits lead from one word to the other.

    An edit inserts, deletes or replaces a character or swaps two neighbours; no stretch is edited twice (optimal
    string alignment, Damerau 1964). Time: len(one) * (2 * most + 1).
    """
    if abs(len(one) - len(other)) > most:
        return False
    far = most + 1
    before, row = [far] * (len(other) + 1), [min(place, far) for place in range(len(other) + 1)]
    for i, char in enumerate(one, start=1):
        before, last, row = row, before, [min(i, far)] + [far] * len(other)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other[j - 1]))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, last[j - 2] + 1)
            row[j] = min(best, far)
        if min(row) > most:
            return False
    return row[-1] <= most


def edits_allowed(characters: int) -> int:
    """How many typing errors a word or query of that length may have and still be taken for another: short ones
    meet others by chance."""
    return 0 if characters < 4 else 1 if characters < 8 else MOST_EDITS
