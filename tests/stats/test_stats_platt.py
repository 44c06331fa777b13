import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.calibration import _SigmoidCalibration

from tilth.errors import DataError
from tilth.stats import Platt, fit_platt


def draw(slope: float, intercept: float, n: int = 400, seed: int = 0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(1, 3, n)
    return logits, rng.random(n) < Platt(slope, intercept).apply(logits)


def test_agrees_with_scikit_learn():
    logits, labels = draw(0.7, -0.4)
    peer = _SigmoidCalibration().fit(logits, labels)
    ours = fit_platt(logits, labels)
    # Theirs is 1 / (1 + exp(a x + b)), solved to its optimizer's tolerance.
    assert (ours.slope, ours.intercept) == pytest.approx((-peer.a_, -peer.b_), rel=1e-3)


def test_a_perfect_split_stays_finite_and_ends_at_the_smoothed_targets():
    platt = fit_platt([-1, -1, -1, 1, 1], [0, 0, 0, 1, 1])
    # two groups, two parameters: the targets 1 / (3 + 2) and (2 + 1) / (2 + 2) are met exactly
    assert platt.apply([-1, 1]) == pytest.approx([1 / 5, 3 / 4])


def test_an_inverted_score_gets_slope_0_and_the_smoothed_base_rate():
    platt = fit_platt([1, 1, 1, -1, -1], [0, 0, 0, 1, 1])
    assert platt.slope == 0
    assert platt.apply([5]) == pytest.approx((3 * 1 / 5 + 2 * 3 / 4) / 5)


def test_a_constant_score_gets_slope_0():
    assert fit_platt([2, 2, 2], [0, 1, 1]).slope == 0


def test_soft_labels_reach_the_optimum_of_a_general_solver():
    logits, _ = draw(0.7, -0.4, 60)
    soft = Platt(0.9, 0.3).apply(logits + np.random.default_rng(5).normal(0, 1, 60))
    up, down = soft.sum(), (1 - soft).sum()
    target = soft * (up + 1) / (up + 2) + (1 - soft) / (down + 2)

    def loss(beta):
        z = beta[0] * logits + beta[1]
        return np.sum(np.logaddexp(0, z) - target * z)

    best = minimize(loss, [0.0, 0.0], tol=1e-12).x
    ours = fit_platt(logits, soft)
    assert (ours.slope, ours.intercept) == pytest.approx(best, abs=1e-4)


def test_weights_count_as_repeats():
    logits, labels = draw(0.7, -0.4, 50)
    weights = np.random.default_rng(2).integers(1, 4, 50)
    weighted, repeated = (
        fit_platt(logits, labels, weights),
        fit_platt(np.repeat(logits, weights), np.repeat(labels, weights)),
    )
    assert (weighted.slope, weighted.intercept) == pytest.approx((repeated.slope, repeated.intercept), rel=1e-6)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.booleans()), min_size=2, max_size=30))
def test_never_turns_the_ranking_round(table: list[tuple[float, bool]]):
    logits, labels = (np.array(column) for column in zip(*table, strict=True))
    if labels.all() or not labels.any():
        with pytest.raises(DataError, match="both classes"):
            fit_platt(logits, labels)
        return
    platt = fit_platt(logits, labels)
    assert platt.slope >= 0
    p = platt.apply(np.sort(logits))
    assert np.isfinite(p).all()
    assert (np.diff(p) >= 0).all()


def test_extreme_scores_do_not_overflow():
    platt = fit_platt([-1e6, -1e5, 1e5, 1e6], [0, 0, 1, 1])
    assert np.isfinite([platt.slope, platt.intercept]).all()
