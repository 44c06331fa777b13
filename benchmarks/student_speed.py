"""Microseconds per pair of a student's features and model, against a floor: LightGBM alone on the same rows.

Run: python benchmarks/student_speed.py [number of pairs] [threads]
Queries and product titles are made up; lengths are those of a home-improvement shop.
"""

import sys
import time

import numpy as np
import pyarrow as pa

from tilth.artifacts.student import FeatureConfig, TreeModel
from tilth.distill.models import ModelConfig, fit_student
from tilth.records import Entities, Pairs

WORDS, QUERIES, TITLES, LABELS = 8_000, 2_000, 20_000, 4_000


def entities(role: str, count: int, length: int, rng: np.random.Generator) -> Entities:
    words = np.array([f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}word{n}" for n in range(WORDS)])
    popularity = 1 / np.arange(1, WORDS + 1)
    drawn = rng.choice(words, size=(count, length), p=popularity / popularity.sum())
    texts = [" ".join(row) for row in drawn]
    return Entities(role, pa.table({"id": [str(n) for n in range(count)], "title": texts, "text": [""] * count}))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    rng = np.random.default_rng(0)
    contexts, items = entities("context", QUERIES, 4, rng), entities("item", TITLES, 12, rng)
    rows = rng.integers(0, QUERIES, LABELS), rng.integers(0, TITLES, LABELS)
    ids = {"context_id": contexts.ids.take(pa.array(rows[0])), "item_id": items.ids.take(pa.array(rows[1]))}
    pairs = Pairs(pa.table({**ids, "weight": np.ones(LABELS)}))
    models = ModelConfig(candidates=("trees",), max_rounds=300)
    fit = fit_student(FeatureConfig(), models, contexts, items, pairs, rng.random(LABELS), candidates=pairs)
    student = fit.student
    start = time.perf_counter()
    prepared = student.prepare(contexts, items)
    print(f"prepare: {(time.perf_counter() - start) / (QUERIES + TITLES) * 1e6:.1f} us per entity")
    c_rows, i_rows = rng.integers(0, QUERIES, count), rng.integers(0, TITLES, count)
    start = time.perf_counter()
    X = student.features(prepared, c_rows, i_rows, threads)
    middle = time.perf_counter()
    # The chosen number of rounds depends on the labels; 200 trees of 8 leaves are a usual size.
    model = TreeModel(_usual_trees(X[:LABELS], rng))
    model.raw_scores(X[:1])
    begun = time.perf_counter()
    model.raw_scores(X, threads)
    features, floor = (middle - start) / count * 1e6, (time.perf_counter() - begun) / count * 1e6
    start = time.perf_counter()
    model.contributions(X, threads)
    reasons = (time.perf_counter() - start) / count * 1e6
    print(f"{count} pairs, {threads} threads, {X.shape[1]} features, us per pair:")
    print(f"features {features:.2f}, LightGBM alone {floor:.2f}, contributions {reasons:.2f}")
    print(f"features + model / LightGBM alone = {(features + floor) / floor:.2f}")


def _usual_trees(X: np.ndarray, rng: np.random.Generator) -> str:
    import lightgbm as lgb

    settings = {"objective": "cross_entropy", "num_leaves": 8, "verbosity": -1, "num_threads": 1}
    return lgb.train(settings, lgb.Dataset(X, rng.random(len(X))), 200).model_to_string()


if __name__ == "__main__":
    main()
