"""What it costs, in nats, that one word was typed as another: the channel of the noisy-channel model.

Edits are those of Damerau (1964): a letter put in, left out, replaced, or two neighbours swapped; each is priced by its
kind (Kernighan, Church and Gale 1990 count confusions of letters; counting kinds needs less data).
"""

from functools import cache
from math import inf

import msgspec

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")
_SOUNDS = ("ck", "cs", "kq", "sz", "gj", "fv", "dt", "bp", "mn", "iy", "xz", "cq", "vw")


class Costs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Minus the logarithm of the share of wrong words in which an edit of that kind is made at a given place.

    Counted over 1,547 one-edit corrections of a shop's queries (for substitutions and extra letters also divided by how
    many letters it could have been), and rounded.
    """

    second: float = 1.9
    """On top of its price, each edit after the first."""
    first_letter: float = 1.1
    """On top, where the first letter is wrong (rare: Yannakoudakis and Fawthrop 1983)."""
    swap: float = 4.0
    vowel: float = 4.7
    """One vowel for another."""
    key: float = 6.0
    """A neighbour on the keyboard for the right letter."""
    sound: float = 5.0
    """A letter that sounds alike."""
    other: float = 7.5
    """Any other letter."""
    doubled: float = 4.5
    """A letter typed twice."""
    undoubled: float = 2.0
    """One of two equal letters left out."""
    extra: float = 7.0
    """Any other letter too many."""
    missing_vowel: float = 3.0
    missing: float = 3.2


@cache
def least_prices(costs: Costs) -> tuple[float, float]:
    """What no edit costs less than, and what no letter costs less than that only one of both words has."""
    replaced = min(costs.vowel, costs.key, costs.sound, costs.other)
    lone = min(costs.missing_vowel, costs.missing, costs.extra, replaced / 2)
    return min(replaced, costs.swap, costs.doubled, costs.undoubled, lone), lone


def _neighbours() -> frozenset[str]:
    places = {char: (row, column + row * 0.5) for row, line in enumerate(_ROWS) for column, char in enumerate(line)}
    return frozenset(
        a + b
        for a, (ra, ca) in places.items()
        for b, (rb, cb) in places.items()
        if a != b and abs(ra - rb) <= 1 and abs(ca - cb) <= 1
    )


_ADJACENT = _neighbours()
_ALIKE = frozenset([*_SOUNDS, *(pair[::-1] for pair in _SOUNDS)])


def substitution(costs: Costs, right: str, typed: str) -> float:
    """The price of `typed` in the place of `right`."""
    if right in _VOWELS and typed in _VOWELS:
        return costs.vowel
    pair = right + typed
    if pair in _ALIKE:
        return costs.sound
    return costs.key if pair in _ADJACENT else costs.other


def edits(costs: Costs, right: str, typed: str, most: int, ceiling: float = inf) -> float | None:
    """The price of the edits between two words; None where more than `most` are needed, or where the price is above
    `ceiling` for sure. One edit is preferred to two, whatever their prices.

    What both share at the two ends is skipped, then each kind of edit is tried at the first letter that differs: the
    work grows with 4 to the power of `most` and not with the product of the lengths.
    """
    shorter, i = min(len(right), len(typed)), 0
    while i < shorter and right[i] == typed[i]:
        i += 1
    first_letter = 0.0 if i else costs.first_letter
    if _one_edit(right, typed, i, i):
        one = _cheapest(costs, right, typed, i, i, min(most, 1))
        if one is not None:
            return one[0] + first_letter if one[1] else 0.0
    if most < 2 or costs.second + 2 * least_prices(costs)[0] > ceiling:
        return None
    if most == 2 and not _two_edits(right, typed, i):
        return None
    found = _cheapest(costs, right, typed, i, i, most)
    return None if found is None else found[0] + costs.second * max(found[1] - 1, 0) + first_letter


def _cheapest(costs: Costs, right: str, typed: str, i: int, j: int, most: int) -> tuple[float, int] | None:
    """Price and number of edits from `right[i:]` to `typed[j:]`."""
    right_left, typed_left = len(right) - i, len(typed) - j
    while right_left and typed_left and right[i] == typed[j]:
        i, j, right_left, typed_left = i + 1, j + 1, right_left - 1, typed_left - 1
    if not right_left and not typed_left:
        return 0.0, 0
    if not most or abs(right_left - typed_left) > most or (most == 1 and not _one_edit(right, typed, i, j)):
        return None
    best: tuple[float, int] | None = None
    for price, after_right, after_typed in _first_edits(costs, right, typed, i, j):
        rest = _cheapest(costs, right, typed, after_right, after_typed, most - 1)
        if rest is not None and (best is None or price + rest[0] < best[0]):
            best = price + rest[0], rest[1] + 1
    return best


def _two_edits(right: str, typed: str, i: int) -> bool:
    """Whether two edits are enough, given that the first `i` letters are alike; told in a fraction of the time that
    their price takes.

    Without what both share at the two ends, one edit is at the first letter, the other at the last, and what lies
    between them is alike.
    """
    end, typed_end = len(right), len(typed)
    while end > i and typed_end > i and right[end - 1] == typed[typed_end - 1]:
        end, typed_end = end - 1, typed_end - 1
    left, typed_left = end - i, typed_end - i
    if left <= 2 and typed_left <= 2:
        return True
    if left - typed_left == 0:
        inner, typed_inner = right[i + 1 : end - 1], typed[i + 1 : typed_end - 1]
        if inner == typed_inner or right[i + 1 : end] == typed[i : typed_end - 1]:
            return True
        if right[i : end - 1] == typed[i + 1 : typed_end]:
            return True
        first = right[i] == typed[i + 1] and right[i + 1] == typed[i]
        last = right[end - 1] == typed[typed_end - 2] and right[end - 2] == typed[typed_end - 1]
        return (
            (first and inner[1:] == typed_inner[1:])
            or (last and inner[:-1] == typed_inner[:-1])
            or (first and last and inner[1:-1] == typed_inner[1:-1])
        )
    if left - typed_left in (1, -1):
        if left < typed_left:  # an extra letter is a missing one, seen from the other side
            right, typed, end, typed_end = typed, right, typed_end, end
        if right[i + 1 : end - 1] == typed[i : typed_end - 1] or right[i + 1 : end - 1] == typed[i + 1 : typed_end]:
            return True
        first = typed_end - i > 1 and right[i] == typed[i + 1] and right[i + 1] == typed[i]
        last = typed_end - i > 1 and right[end - 1] == typed[typed_end - 2] and right[end - 2] == typed[typed_end - 1]
        return (first and right[i + 2 : end - 1] == typed[i + 2 : typed_end]) or (
            last and right[i + 1 : end - 2] == typed[i : typed_end - 2]
        )
    if left - typed_left == 2:
        return right[i + 1 : end - 1] == typed[i:typed_end]
    return left - typed_left == -2 and typed[i + 1 : typed_end - 1] == right[i:end]


def _one_edit(right: str, typed: str, i: int, j: int) -> bool:
    """Whether one edit at the first letters may be all that is left to do."""
    if len(right) - i == len(typed) - j:
        return right[i + 1 :] == typed[j + 1 :] or right[i + 2 :] == typed[j + 2 :]
    return right[i + 1 :] == typed[j:] or right[i:] == typed[j + 1 :]


def _first_edits(costs: Costs, right: str, typed: str, i: int, j: int) -> list[tuple[float, int, int]]:
    """Each edit of the first letters left: its price, and where both words go on."""
    out: list[tuple[float, int, int]] = []
    letter, wrote = right[i : i + 1], typed[j : j + 1]
    before, after = right[i - 1 : i] if i else "", right[i + 1 : i + 2]
    if letter and wrote:
        out.append((substitution(costs, letter, wrote), i + 1, j + 1))
        if after and letter == typed[j + 1 : j + 2] and after == wrote:
            out.append((costs.swap, i + 2, j + 2))
    if letter:
        missing = costs.missing_vowel if letter in _VOWELS else costs.missing
        out.append((costs.undoubled if letter in (before, after) else missing, i + 1, j))
    if wrote:
        out.append((costs.doubled if wrote in (before, letter) else costs.extra, i, j + 1))
    return out
