"""A light model of what category a query means, learned from the catalog's own titles."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tilth.artifacts.index import analyze
from tilth.artifacts.understanding import CategoryModel, features
from tilth.artifacts.understanding.categories import softmax

ALPHA = 0.1
"""What is added to each count (Lidstone)."""
FEWEST = 3
MAX_FEATURES = 200_000
TEMPERATURES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
HELD_OUT = 0.1
MAX_HELD_OUT = 2000


def fit_categories(titles: Sequence[str], categories: Sequence[str], *, seed: int = 0) -> CategoryModel:
    """Naive Bayes on titles; items without a category teach nothing, and categories of fewer than `FEWEST` items are
    left out. The temperature is that which makes the probabilities of short queries, drawn from titles that were held
    out, least surprising."""
    size = Counter(category for category in categories if category)
    rows = [row for row, category in enumerate(categories) if size[category] >= FEWEST]
    rng = np.random.default_rng(seed)
    order: list[int] = rng.permutation(np.array(rows, np.int64)).tolist()
    held = set(order[: min(int(HELD_OUT * len(rows)), MAX_HELD_OUT)])
    kept = [row for row in rows if row not in held]
    trial = _fit([titles[row] for row in kept], [categories[row] for row in kept])
    made = [(_short(titles[row], rng), categories[row]) for row in sorted(held)]
    whole = _fit([titles[row] for row in rows], [categories[row] for row in rows])
    return replace(whole, temperature=_temperature(trial, made))


def _fit(titles: Sequence[str], categories: Sequence[str]) -> CategoryModel:
    names = tuple(sorted(set(categories)))
    place = {name: number for number, name in enumerate(names)}
    counts, total, size = defaultdict[str, Counter[int]](Counter), np.zeros(len(names)), np.zeros(len(names))
    for title, category in zip(titles, categories, strict=True):
        here = place[category]
        some = features(title)
        size[here] += 1
        total[here] += len(some)
        for one in some:
            counts[one][here] += 1
    common = Counter({one: by.total() for one, by in counts.items() if by.total() >= FEWEST})
    vocabulary = {one: row for row, (one, _) in enumerate(common.most_common(MAX_FEATURES))}
    lengths = [len(counts[one]) for one in vocabulary]
    pairs = [pair for one in vocabulary for pair in sorted(counts[one].items())]
    evidence = [np.log1p(n / ALPHA) for _, n in pairs]
    return CategoryModel(
        names,
        vocabulary,
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        columns=np.array([column for column, _ in pairs], np.int32),
        evidence=np.array(evidence, np.float32),
        unseen=np.log(ALPHA / (total + ALPHA * max(len(vocabulary), 1))).astype(np.float32),
        prior=np.log(size / max(size.sum(), 1)).astype(np.float32),
    )


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
