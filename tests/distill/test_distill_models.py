"""Fitting students: folds by context, the linear model, and the choice between models."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.distill.learners import ModelConfig, fit_linear
from tilth.distill.models import context_folds, fit_model, log_loss


@given(st.lists(st.integers(0, 30), min_size=2, max_size=80), st.integers(0, 5))
def test_a_context_never_stands_in_two_folds(contexts: list[int], seed: int) -> None:
    folds = context_folds(np.array(contexts), 4, seed)
    assert all(len(set(folds[np.array(contexts) == one])) == 1 for one in set(contexts))


def test_log_loss_by_hand() -> None:
    assert log_loss(np.array([1.0, 0.0]), np.array([0.0, 0.0])) == pytest.approx(np.log(2))


def test_the_linear_model_finds_a_known_weight_and_what_absence_means() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 2)).astype(np.float32)
    X[::4, 1] = np.nan
    logit = 1.5 * X[:, 0] + np.where(np.isnan(X[:, 1]), 1.0, 0.0) - 0.5
    model = fit_linear(X, 1 / (1 + np.exp(-logit.astype(np.float64))), penalty=1e-3)
    assert model.weight[0] == pytest.approx(1.5, abs=0.01)
    assert model.weight[1] == pytest.approx(0, abs=0.01)
    assert model.missing[1] + model.intercept == pytest.approx(0.5, abs=0.02)


def test_cross_validation_picks_the_model_that_fits_and_is_deterministic() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(600, 3)).astype(np.float32)
    p = np.where(X[:, 0] * X[:, 1] > 0, 0.95, 0.05)  # no linear model sees this
    contexts = np.repeat(np.arange(100), 6)
    config = ModelConfig(max_rounds=80, folds=3)
    first, second = (fit_model(X, p, contexts, config=config, seed=3) for _ in range(2))
    assert first.chosen == "trees"
    assert first.losses["trees"] < first.losses["linear"]
    assert np.array_equal(first.out_of_fold, second.out_of_fold)
    assert np.array_equal(first.model.raw_scores(X), second.model.raw_scores(X))


def test_categories_are_learnt_as_categories() -> None:
    codes = np.tile(np.arange(8), 60).astype(np.float32)[:, None]
    p = np.where(np.isin(codes[:, 0], (1, 4, 6)), 0.9, 0.1)
    model = fit_linear(codes, p, categorical=[0], penalty=0.1)
    assert ((model.raw_scores(codes) > 0) == (p > 0.5)).all()
