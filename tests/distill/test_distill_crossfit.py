"""Co-occurrence: queries and titles that share no word and yet belong together."""

import numpy as np
import pyarrow as pa

from tilth.artifacts.student import FeatureConfig, Featurizer, row_cosines
from tilth.distill.crossfit import cross_fitted_cosines
from tilth.distill.models import ModelConfig, context_folds, fit_student
from tilth.records import ENTITY_SCHEMA, Entities, Pairs

SAME = (("sofa", "couch"), ("tap", "faucet"), ("lorry", "truck"), ("lift", "elevator"))
QUERIES, ITEMS = 240, 40


def world() -> tuple[Entities, Entities, Pairs]:
    """Query n asks for thing n modulo 4 in one word; items name it in the other, and are offered for it only."""
    contexts = [{"id": f"q{n}", "title": f"{SAME[n % 4][0]} model{n}", "text": ""} for n in range(QUERIES)]
    items = [{"id": f"i{n}", "title": f"{SAME[n % 4][1]} number{n}", "text": ""} for n in range(ITEMS)]
    offered = [(n, (n + 4 * step) % ITEMS) for n in range(QUERIES) for step in range(3)]
    pairs = {
        "context_id": [f"q{n}" for n, _ in offered],
        "item_id": [f"i{m}" for _, m in offered],
        "weight": [1.0] * len(offered),
    }
    return (
        Entities("context", pa.Table.from_pylist(contexts, schema=ENTITY_SCHEMA)),
        Entities("item", pa.Table.from_pylist(items, schema=ENTITY_SCHEMA)),
        Pairs(pa.table(pairs)),
    )


CONFIG = FeatureConfig(lsa_dims=4, cooccurrence_dims=4, correct_spelling=False)


def test_words_that_meet_in_pairs_come_close() -> None:
    contexts, items, pairs = world()
    featurizer = Featurizer.fit(CONFIG, contexts, items, pairs)
    left, right = featurizer.cooccurrence_vectors(contexts), featurizer.cooccurrence_vectors(items)
    assert left is not None
    assert right is not None
    queries = np.arange(4)
    meant = row_cosines(left, right, queries, queries)
    other = row_cosines(left, right, queries, (queries + 1) % 4)
    assert (meant > other + 0.5).all()


def test_too_few_contexts_teach_nothing() -> None:
    contexts, items, pairs = world()
    few = contexts.take(np.arange(50))
    assert Featurizer.fit(CONFIG, few, items, pairs).cooccurrence is None


def test_a_training_row_is_scored_by_fits_that_never_saw_its_context() -> None:
    contexts, items, pairs = world()
    featurizer = Featurizer.fit(CONFIG, contexts, items, pairs)
    folds = context_folds(np.arange(QUERIES), 12, 0)
    rows = np.arange(QUERIES), np.arange(QUERIES) % ITEMS
    before = cross_fitted_cosines(featurizer, contexts, items, pairs, folds, *rows, seed=0)
    own = folds[contexts.rows_of(pairs.table["context_id"])] == folds[0]
    turned = pairs.table["item_id"].to_numpy(zero_copy_only=False).copy()
    turned[own] = "i1"
    changed = Pairs(pairs.table.set_column(1, "item_id", pa.array(turned, pa.string())))
    after = cross_fitted_cosines(featurizer, contexts, items, changed, folds, *rows, seed=0)
    in_fold = folds == folds[0]
    assert np.allclose(before[in_fold], after[in_fold], atol=1e-5)
    assert not np.allclose(before[~in_fold], after[~in_fold], atol=1e-3)


def test_a_student_uses_it() -> None:
    contexts, items, pairs = world()
    rng = np.random.default_rng(0)
    context_rows, item_rows = rng.integers(0, QUERIES, 600), rng.integers(0, ITEMS, 600)
    train = pa.table({"context_id": contexts.ids.take(context_rows), "item_id": items.ids.take(item_rows)})
    p = np.where(context_rows % 4 == item_rows % 4, 0.1, 0.9)
    fit = fit_student(CONFIG, ModelConfig(max_rounds=40), contexts, items, Pairs(train), p, candidates=pairs)
    prepared = fit.student.prepare(contexts, items)
    raw = fit.student.raw_scores(prepared, np.zeros(4, dtype=np.int64), np.arange(4))
    assert raw[0] == raw.min()
