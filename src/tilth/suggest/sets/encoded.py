"""Texts as numbers of words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.suggester import normal_words
from tilth.text import head_length, normalize, singular, tokens


@dataclass(frozen=True)
class Vocabulary:
    """Words by number. A word that is not known has number -1."""

    words: tuple[str, ...]
    numbers: dict[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """All words of these texts, in the order of the alphabet."""
        words = tuple(sorted({word for text in texts for word in normal_words(text)}))
        return cls(words, {word: number for number, word in enumerate(words)})

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Encoded:
    """`ids`: word numbers of all n texts, one behind the other, each word of a text once, in its order; text i has
    those from `starts[i]` to `starts[i + 1]`. `heads` (n,): place of the word that names the thing, -1 without words.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    heads: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.heads)

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The text of each word: (len(ids),)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def places(self) -> NDArray[np.int64]:
        """The place of each word in its text: (len(ids),)."""
        return np.arange(len(self.ids)) - np.repeat(self.starts[:-1], self.lengths)


def encode(texts: Sequence[str], vocabulary: Vocabulary) -> Encoded:
    """Each text's known words; the others are left out."""
    ids, lengths, heads = list[int](), list[int](), list[int]()
    for text in texts:
        plain = normalize(text)
        all_words = [singular(word) for word in tokens(plain)]
        known = [word for word in dict.fromkeys(all_words) if word in vocabulary.numbers]
        head = next((w for w in reversed(all_words[: head_length(plain)]) if w in vocabulary.numbers), None)
        ids.extend(vocabulary.numbers[word] for word in known)
        lengths.append(len(known))
        heads.append(-1 if head is None else known.index(head))
    starts = np.concatenate([[0], np.cumsum(np.array(lengths, dtype=np.int64))])
    return Encoded(np.array(ids, dtype=np.int32), starts.astype(np.int64), np.array(heads, dtype=np.int32))


def concatenated(parts: Sequence[Encoded]) -> Encoded:
    """The texts of all parts, one after the other."""
    lengths = np.concatenate([part.lengths for part in parts])
    return Encoded(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.concatenate([part.heads for part in parts]),
    )
