"""Words that stand where another one stands: candidates for synonyms from the catalog alone.

Two words may replace one another if the same words stand beside them (`laptop sleeve`, `notebook sleeve`: they can be
substituted) and their titles are about the same things (latent semantic analysis; Deerwester et al. 1990). Siblings do
so too, `black` and `white`: these candidates need a verdict, or a proof.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.titles import in_a_row, is_plain

PROVENANCE = "rule:neighbours"
SIDES = 3
"""Different neighbours that a word must have to be compared by them."""
SHARE = 3
"""There is at most one factor for so many words."""
BLOCK = 256
"""Words compared with all others at once."""


@dataclass(frozen=True)
class NeighbourSettings:
    """What a pair of words has to show."""

    fewest: int = 3
    """Titles that each word stands in."""
    most_words: int = 20_000
    """Of the most frequent ones."""
    factors: int = 100
    similarity: float = 0.45
    """Least geometric mean of the likeness of titles and that of neighbouring words."""
    together: float = 1.0
    """Most of the rarer word's titles in which the other stands too. Where descriptions are mined as well, other names
    of a thing are named there: a limit did harm then."""
    each: int = 3
    """Neighbours of a word, at most."""
    topics: bool = True
    places: bool = True
    """Whether the likeness of titles, and that of neighbouring words, counts."""
    seed: int = 0


def neighbours(phrases: Sequence[Sequence[str]], settings: NeighbourSettings) -> list[Candidate]:
    """Pairs of words with the likeness of their titles and of the words beside them."""
    words = _words(phrases, settings)
    if len(words) < 3:
        return []
    place = {word: number for number, word in enumerate(words)}
    titles = _title_matrix(phrases, place)
    topics = _vectors(_by_rarity(titles), settings)
    slots = _vectors(_beside(phrases, place).T, settings)
    together, size = (titles.T @ titles).tocsr(), np.asarray(titles.sum(axis=0), np.float64).ravel()
    found: dict[tuple[int, int], Candidate] = {}
    for start in range(0, len(words), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(words)))
        about, beside = (np.clip(vectors[rows] @ vectors.T, 0, 1) for vectors in (topics, slots))
        share = np.asarray(together[rows].todense()) / np.minimum(size[rows][:, None], size[None, :])
        likeness = np.where(share > settings.together, 0, _likeness(about, beside, settings))
        likeness[np.arange(len(rows)), rows] = 0
        for at, other in _best(likeness, settings):
            note = f"titles {about[at, other]:.2f}, beside {beside[at, other]:.2f}, together {share[at, other]:.2f}"
            one, two = sorted((int(rows[at]), other))
            found[one, two] = Candidate(words[one], words[two], PROVENANCE, float(likeness[at, other]), note)
    return list(found.values())


def _likeness(
    about: NDArray[np.float64], beside: NDArray[np.float64], settings: NeighbourSettings
) -> NDArray[np.float64]:
    if settings.topics and settings.places:
        return np.sqrt(about * beside)
    return about if settings.topics else beside


def _best(likeness: NDArray[np.float64], settings: NeighbourSettings) -> Iterator[tuple[int, int]]:
    """Row and column of the highest values of each row that are high enough."""
    for at, row in enumerate(likeness):
        for other in np.argsort(-row)[: settings.each].tolist():
            if row[other] >= settings.similarity:
                yield at, other


def _words(phrases: Sequence[Sequence[str]], settings: NeighbourSettings) -> list[str]:
    count = Counter(word for words in phrases for word in set(words) if is_plain(word))
    kept = [word for word, n in count.most_common(settings.most_words) if n >= settings.fewest]
    return sorted(word for word in kept)


def _title_matrix(phrases: Sequence[Sequence[str]], place: dict[str, int]) -> sp.csr_matrix:
    """(titles, words): 1 where a word stands in a title."""
    rows, columns = list[int](), list[int]()
    for number, words in enumerate(phrases):
        some = [place[word] for word in set(words) if word in place]
        rows += [number] * len(some)
        columns += some
    return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(phrases), len(place)))


def _by_rarity(titles: sp.csr_matrix) -> sp.csr_matrix:
    frequency = np.asarray(titles.sum(axis=0), np.float64).ravel()
    return sp.csr_matrix(titles @ sp.diags(np.log((titles.get_shape()[0] + 1) / frequency)))


def _vectors(matrix: sp.csr_matrix, settings: NeighbourSettings) -> NDArray[np.float64]:
    """(columns, factors), each of length 1: where the columns lie by the greatest factors, scaled by the root of their
    sizes (Levy, Goldberg and Dagan 2015)."""
    from sklearn.utils.extmath import randomized_svd

    shape: tuple[int, int] = matrix.get_shape()
    factors = min(settings.factors, min(shape) // SHARE)  # as many as there are words would make no two alike
    _, sizes, right = randomized_svd(matrix, max(factors, 1), random_state=settings.seed)
    vectors = right.T * np.sqrt(sizes)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _beside(phrases: Sequence[Sequence[str]], place: dict[str, int]) -> sp.csr_matrix:
    """(words, left and right neighbours): positive pointwise mutual information of standing beside each other, the
    neighbours' frequency smoothed (Levy, Goldberg and Dagan 2015). Words with fewer than `SIDES` neighbours have none:
    they would be alike by one accident."""
    beside, columns = Counter[tuple[int, int]](), dict[str, int]()
    for words in phrases:
        for left, right in in_a_row(words):
            if right in place:
                beside[place[right], columns.setdefault(f"{left} _", len(columns))] += 1
            if left in place:
                beside[place[left], columns.setdefault(f"_ {right}", len(columns))] += 1
    sides = Counter(word for word, _ in beside)
    beside = {pair: n for pair, n in beside.items() if sides[pair[0]] >= SIDES}
    if not beside:
        return sp.csr_matrix((len(place), 1))
    at = np.array(list(beside))
    counts = np.array(list(beside.values()), float)
    matrix = sp.csr_matrix((counts, (at[:, 0], at[:, 1])), shape=(len(place), len(columns)))
    by_word, by_side = (np.asarray(matrix.sum(axis=axis)).ravel() for axis in (1, 0))
    found = matrix.tocoo()
    chance = by_word[found.row] * by_side[found.col] ** 0.75 * counts.sum() ** 0.25
    positive = np.maximum(np.log(found.data * counts.sum() / chance), 0)
    return sp.csr_matrix((positive, (found.row, found.col)), shape=matrix.shape)
