"""What a prefix that nothing begins with may have meant: one edit away, then two."""

from collections.abc import Callable, Iterator
from itertools import islice

from tilth.artifacts.suggester.words import Near, Words

MOST_WORDS = 8
MOST_TRIED = 200
_ONE, _TWO = 3, 6
"""Letters from which on a word may have one wrong, or two."""


def corrections(typed: str, edits: int, words: tuple[Words, ...], has: Callable[[bytes], bool]) -> Iterator[bytes]:
    """Prefixes exactly `edits` away from `typed` that suggestions begin with, the likeliest first.

    A missing or a wrong space is one edit. `has` tells whether anything begins with a prefix.
    """
    for text in islice(_candidates(typed, edits, words), MOST_TRIED):
        key = text.encode()
        if has(key):
            yield key


def _candidates(typed: str, edits: int, words: tuple[Words, ...]) -> Iterator[str]:
    if edits == 1:
        yield from _respaced(typed)
    parts = typed.split(" ")
    if len(parts) > MOST_WORDS:
        return
    choices = [
        _near(part, min(edits, _allowed(part)), words, whole=place < len(parts) - 1) for place, part in enumerate(parts)
    ]
    for chosen in _combined(choices, edits):
        yield " ".join(chosen)


def _respaced(typed: str) -> Iterator[str]:
    for place, letter in enumerate(typed):
        if letter == " ":
            yield typed[:place] + typed[place + 1 :]
    for place in range(2, len(typed) - 1):
        if " " not in typed[place - 1 : place + 1]:
            yield f"{typed[:place]} {typed[place:]}"


def _allowed(word: str) -> int:
    """Short words are not guessed at, and neither are numbers: another number is another thing."""
    if any(letter.isdigit() for letter in word):
        return 0
    return (len(word) >= _ONE) + (len(word) >= _TWO)


def _near(word: str, edits: int, words: tuple[Words, ...], *, whole: bool) -> list[Near]:
    if not edits:
        return [Near(word, 0)]
    found = {Near(word, 0): None}
    for tree in words:
        found.update(dict.fromkeys(one for one in tree.near(word, edits, whole=whole) if one.edits))
    return sorted(found, key=lambda near: near.edits)


def _combined(choices: list[list[Near]], edits: int) -> Iterator[list[str]]:
    """One of each list, with `edits` in all."""
    if not choices:
        if not edits:
            yield []
        return
    for near in choices[0]:
        if near.edits <= edits:
            for rest in _combined(choices[1:], edits - near.edits):
                yield [near.text, *rest]
