"""Leaves by bit vectors are LightGBM's own, whatever the splits and whatever is missing."""

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.artifacts.student.bitvectors import MAX_LEAVES, bit_vectors
from tilth.artifacts.student.paths import leaf_paths, paired_paths

CODES = 6


def trained(seed: int, *, leaves: int = MAX_LEAVES, missing: bool = True, **more: object) -> lgb.Booster:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, 4)).round(1).astype(np.float32)
    X[:, 3] = rng.integers(0, CODES, len(X))
    if missing:
        X[rng.random(X.shape) < 0.2] = np.nan
    y = np.nan_to_num(X[:, 0]) * (np.nan_to_num(X[:, 3]) % 2) + np.isnan(X[:, 1]) + rng.normal(size=len(X)) / 10
    given = {"num_leaves": leaves, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1, "seed": seed, **more}
    given |= {"min_data_per_group": 5, "cat_smooth": 1.0, "deterministic": True}
    return lgb.train(given, lgb.Dataset(X, y, categorical_feature=[3]), 12)


MODELS = [trained(seed, missing=seed % 2 == 0, leaves=3 + seed) for seed in range(MAX_LEAVES - 2)]
numbers = st.one_of(st.just(float("nan")), st.floats(-4, 4, width=32), st.integers(-40, 40).map(lambda n: n / 10))
codes = st.one_of(st.just(float("nan")), st.integers(-2, CODES + 3).map(float), st.floats(-1.5, CODES + 1, width=32))
rows = st.lists(st.tuples(numbers, numbers, numbers, codes), min_size=1, max_size=20)


def test_the_models_have_every_kind_of_split() -> None:
    told = [str(model.dump_model()) for model in MODELS]
    assert all(any(f"'{kind}'" in one for one in told) for kind in ("<=", "==", "NaN", "None"))


@settings(deadline=None, max_examples=60)
@given(rows, st.sampled_from(MODELS))
def test_leaves_are_those_of_lightgbm(given_rows: list[tuple[float, ...]], model: lgb.Booster) -> None:
    fast, X = bit_vectors(model.dump_model()), np.array(given_rows, dtype=np.float32)
    assert fast is not None
    assert np.array_equal(fast.leaves(X), model.predict(X, pred_leaf=True))


@pytest.mark.parametrize("count", [0, 127, 128, 300])
def test_rows_survive_the_seams_of_blocks(count: int) -> None:
    X = np.random.default_rng(1).normal(size=(count, 4)).astype(np.float32)
    fast = bit_vectors(MODELS[-1].dump_model())
    assert fast is not None
    expected = MODELS[-1].predict(X, pred_leaf=True) if count else np.zeros((0, 12))
    assert np.array_equal(fast.leaves(X), expected)


def test_thresholds_are_exact_to_the_last_bit() -> None:
    fast, model = bit_vectors(MODELS[-1].dump_model()), MODELS[-1]
    assert fast is not None
    edges = np.concatenate([one.thresholds for one in fast.tables if one.thresholds is not None])
    around = np.concatenate([edges, np.nextafter(edges, np.float32(9)), np.nextafter(edges, np.float32(-9))])
    X = np.repeat(around[:, None], 4, axis=1).astype(np.float32)
    assert np.array_equal(fast.leaves(X), model.predict(X, pred_leaf=True))


def test_models_that_it_cannot_take_are_left_to_lightgbm() -> None:
    assert bit_vectors(trained(0, leaves=MAX_LEAVES + 1).dump_model()) is None
    assert bit_vectors(trained(0, zero_as_missing=True).dump_model()) is None
    assert bit_vectors({"tree_info": []}) is None


@settings(deadline=None, max_examples=40)
@given(rows, st.integers(0, 3), st.sampled_from(MODELS))
def test_a_column_that_all_rows_share_is_looked_up_once(
    given_rows: list[tuple[float, ...]], column: int, model: lgb.Booster
) -> None:
    fast, X = bit_vectors(model.dump_model()), np.array(given_rows, dtype=np.float32)
    X[:, column] = X[0, column]
    assert fast is not None
    assert np.array_equal(fast.leaves(X), model.predict(X, pred_leaf=True))


@pytest.mark.parametrize("trees", [1, 11, 12])
def test_pairs_of_trees_add_up_to_the_trees(trees: int) -> None:
    X = np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32)
    model = lgb.Booster(model_str=MODELS[-1].model_to_string(num_iteration=trees))
    fast, paths = bit_vectors(model.dump_model()), leaf_paths(model.dump_model())
    assert fast is not None
    paired, places = paired_paths(paths, fast.leaf_numbers), fast.places(X)
    assert np.array_equal(paired.scores(places), model.predict(X, raw_score=True))
    exact = paths.contributions(fast.leaves(X))
    assert np.allclose(paired.contributions(places), exact, rtol=0, atol=1e-6 * np.abs(exact).max())
