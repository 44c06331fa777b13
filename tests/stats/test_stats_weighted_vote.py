import numpy as np
import pytest
from scipy.special import logit

from tilth.errors import DataError
from tilth.stats import auroc, fit_weighted_vote, folds_of
from tilth.stats.weighted_vote import PENALTIES, _fit


def votes(n: int, noise: list[float], rng: np.random.Generator):
    """Scores that are the truth's sign plus noise, in contexts of four rows."""
    truth = (rng.random(n) < 0.5).astype(float)
    scores = (2 * truth - 1)[:, None] + rng.normal(size=(n, len(noise))) * np.array(noise)
    return scores, truth, np.arange(n) // 4


def test_the_better_source_earns_the_greater_weight() -> None:
    rng = np.random.default_rng(0)
    scores, truth, groups = votes(2000, [0.7, 3.0, 3.0, 3.0], rng)
    vote = fit_weighted_vote(scores, truth, groups)
    assert vote.weights[0] > 3 * vote.weights[1:].max()
    fresh, fresh_truth, _ = votes(4000, [0.7, 3.0, 3.0, 3.0], rng)
    standard = (fresh - vote.mean) / vote.scale
    assert auroc(vote.apply(fresh), fresh_truth) > auroc(standard.mean(axis=1), fresh_truth) + 0.02


def test_a_strong_penalty_gives_equal_weights_and_a_calibrated_mean() -> None:
    """One source, three rows of score 1 and three of -1, two of three right: the fit's log-odds are log 2 either way,
    but for the trace of a penalty of 1 on the common weight: 6 (2/3 - s(b)) = b, so b = .545 for s the sigmoid."""
    scores = np.array([[1.0], [1.0], [1.0], [-1.0], [-1.0], [-1.0]])
    vote = _fit(scores, np.array([1.0, 1.0, 0.0, 0.0, 0.0, 1.0]), 1e12)
    b = logit(vote.apply([[1.0]])[0])
    assert 6 * (2 / 3 - 1 / (1 + np.exp(-b))) == pytest.approx(b, abs=1e-3)
    assert vote.intercept == pytest.approx(0.0, abs=1e-6)
    assert vote.weights[0] == pytest.approx(b)


def test_silent_sources_leave_the_say_to_the_others() -> None:
    rng = np.random.default_rng(2)
    scores, truth, groups = votes(800, [1.0, 1.0, 1.0], rng)
    scores[rng.random(scores.shape) < 0.3] = np.nan
    vote = fit_weighted_vote(scores, truth, groups)
    p = vote.apply(np.array([[2.0, np.nan, np.nan], [np.nan] * 3, [-2.0, -2.0, -2.0]]))
    assert p[0] > 0.8
    assert np.isnan(p[1])
    assert p[2] < 0.1
    assert vote.penalty in PENALTIES


def test_folds_hold_whole_groups() -> None:
    groups = np.repeat(np.arange(11), 3)
    folds = folds_of(groups, 5, seed=3)
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in range(11))
    sizes = np.bincount(folds[::3], minlength=5)
    assert sorted(sizes.tolist()) == [2, 2, 2, 2, 3]


def test_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="both classes"):
        fit_weighted_vote(np.ones((3, 2)), [1, 1, 1], [0, 1, 2])
    with pytest.raises(DataError, match="do not fit"):
        fit_weighted_vote(np.ones((3, 2)), [1, 0], [0, 1])
