"""A light model of what category a query means, learned from the catalog's titles and from labelled queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tilth.artifacts.index import analyze
from tilth.artifacts.understanding import CategoryModel, features, softmax

ALPHA = 0.1
"""What is added to each count (Lidstone)."""
FEWEST = 3
MAX_FEATURES = 200_000
TEMPERATURES = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
HELD_OUT = 0.1
MAX_HELD_OUT = 2000


@dataclass(frozen=True)
class CategoryCounts:
    """What titles and labelled queries say, counted once, for models of some of it.

    `titles` (features, categories): how many titles of a category have a feature; `sizes` (categories,): how many
    titles it has. `found` (queries, features): which a query has; `means` (queries, categories): the share of its label
    that each has, rows that sum to 1.
    """

    names: tuple[str, ...]
    vocabulary: Mapping[str, int]
    titles: sparse.csr_array
    sizes: NDArray[np.float64]
    found: sparse.csr_array
    means: sparse.csr_array

    def fit(self, weight: float = 0.0, rows: NDArray[np.bool_] | None = None) -> CategoryModel:
        """Naive Bayes on the titles and the queries of `rows` (queries,) (all by default), each of which counts as
        `weight` titles. Features of fewer than `FEWEST` are left out."""
        counts, sizes = self.titles, self.sizes.astype(np.float64)
        if weight > 0:
            found, means = (self.found, self.means) if rows is None else (self.found[rows], self.means[rows])
            counts = sparse.csr_array(counts + weight * (found.T @ means))
            sizes += weight * _sums(means, axis=0)
        return _model(self.names, list(self.vocabulary), counts, sizes)


def count_categories(
    titles: Sequence[str], categories: Sequence[str], labels: Sequence[tuple[str, Mapping[str, float]]] = ()
) -> CategoryCounts:
    """Items without a category teach nothing, and categories of fewer than `FEWEST` items are left out. `labels`:
    queries with what speaks for each category."""
    names = wide_enough(categories)
    place = {name: number for number, name in enumerate(names)}
    rows = [row for row, category in enumerate(categories) if category in place]
    vocabulary = dict[str, int]()
    found = _matrix([titles[row] for row in rows], vocabulary)
    asked = _matrix([query for query, _ in labels], vocabulary)
    found.resize(len(rows), len(vocabulary))
    of = np.array([place[categories[row]] for row in rows], np.int64)
    one = sparse.csr_array((np.ones(len(rows)), (np.arange(len(rows)), of)), shape=(len(rows), len(names)))
    sizes = np.bincount(of, minlength=len(names)).astype(np.float64)
    return CategoryCounts(names, vocabulary, sparse.csr_array(found.T @ one), sizes, asked, _shares(labels, place))


def wide_enough(categories: Sequence[str]) -> tuple[str, ...]:
    """Categories of at least `FEWEST` items, sorted."""
    size = Counter(category for category in categories if category)
    return tuple(sorted(name for name, count in size.items() if count >= FEWEST))


def fit_categories(titles: Sequence[str], categories: Sequence[str], *, seed: int = 0) -> CategoryModel:
    """A model of titles alone. The temperature is that which makes the probabilities of short queries, drawn from
    titles that were held out, least surprising."""
    names = frozenset(wide_enough(categories))
    rows = [row for row, category in enumerate(categories) if category in names]
    rng = np.random.default_rng(seed)
    order: list[int] = rng.permutation(np.array(rows, np.int64)).tolist()
    held = set(order[: min(int(HELD_OUT * len(rows)), MAX_HELD_OUT)])
    kept = [row for row in rows if row not in held]
    trial = count_categories([titles[row] for row in kept], [categories[row] for row in kept]).fit()
    made = [(_short(titles[row], rng), categories[row]) for row in sorted(held)]
    whole = count_categories([titles[row] for row in rows], [categories[row] for row in rows]).fit()
    return replace(whole, temperature=_temperature(trial, made))


def _matrix(texts: Sequence[str], vocabulary: dict[str, int]) -> sparse.csr_array:
    """Which features each text has, shape (texts, features); new ones enter the vocabulary."""
    starts, columns = [0], list[int]()
    for text in texts:
        columns += [vocabulary.setdefault(one, len(vocabulary)) for one in features(text)]
        starts.append(len(columns))
    shape = (len(texts), len(vocabulary))
    return sparse.csr_array((np.ones(len(columns)), np.array(columns, np.int64), np.array(starts)), shape=shape)


def _shares(labels: Sequence[tuple[str, Mapping[str, float]]], place: Mapping[str, int]) -> sparse.csr_array:
    """Labels as rows that sum to 1, of the categories that there are; a row of zeros where none is."""
    rows, columns, values = list[int](), list[int](), list[float]()
    for row, (_, counts) in enumerate(labels):
        some = {place[name]: count for name, count in counts.items() if name in place}
        total = sum(some.values())
        for column, count in some.items():
            rows.append(row)
            columns.append(column)
            values.append(count / total)
    return sparse.csr_array((values, (rows, columns)), shape=(len(labels), len(place)))


def _model(
    names: tuple[str, ...], vocabulary: list[str], counts: sparse.csr_array, sizes: NDArray[np.float64]
) -> CategoryModel:
    """`counts` (features, categories), `sizes` (categories,)."""
    by_feature = _sums(counts, axis=1)
    order = np.argsort(-by_feature, kind="stable")[:MAX_FEATURES]
    kept = order[by_feature[order] >= FEWEST]
    total = _sums(counts, axis=0)
    some = sparse.csr_array(counts[kept])
    some.sort_indices()
    data = np.asarray(some.data, np.float64)
    return CategoryModel(
        names,
        {vocabulary[row]: number for number, row in enumerate(kept.tolist())},
        starts=some.indptr.astype(np.int64),
        columns=some.indices.astype(np.int32),
        evidence=np.log1p(data / ALPHA).astype(np.float32),
        unseen=np.log(ALPHA / (total + ALPHA * max(len(kept), 1))).astype(np.float32),
        prior=np.log(sizes / max(sizes.sum(), 1.0)).astype(np.float32),
    )


def _sums(matrix: sparse.csr_array, axis: int) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=axis), np.float64).ravel()


def _short(title: str, rng: np.random.Generator) -> str:
    """One to three terms in a row of a title: what people type."""
    terms = analyze(title)
    if not terms:
        return ""
    length = int(rng.integers(1, 4))
    start = int(rng.integers(max(len(terms) - length, 0) + 1))
    return " ".join(terms[start : start + length])


def _temperature(model: CategoryModel, made: Sequence[tuple[str, str]]) -> float:
    """The one of `TEMPERATURES` with the least logarithmic loss."""
    place = {name: number for number, name in enumerate(model.names)}
    known = [
        (total, place[category])
        for text, category in made
        if category in place and (total := model.log_odds(text)) is not None
    ]

    def loss(temperature: float) -> float:
        return -sum(float(np.log(softmax(total / temperature)[here] + 1e-12)) for total, here in known)

    return min(TEMPERATURES, key=loss) if known else 1.0
