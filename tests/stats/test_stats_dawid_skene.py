import numpy as np
import pytest

from tilth.errors import DataError
from tilth.stats import dawid_skene


def simulated(n: int, accuracies: list[float], rng: np.random.Generator, missing: float = 0.0):
    """Two classes, 40 % of them 1; each source is right with its accuracy, whatever the class."""
    truth = (rng.random(n) < 0.4).astype(int)
    right = rng.random((n, len(accuracies))) < np.array(accuracies)
    answers = np.where(right, truth[:, None], 1 - truth[:, None])
    answers[rng.random(answers.shape) < missing] = -1
    return truth, answers


def test_one_step_by_hand() -> None:
    """Rows (0,0), (0,1), (1,1), two sources, smoothing 1, one step.

    Votes give posteriors (1,0), (.5,.5), (0,1). Frequencies (1.5+1)/5 = .5. Source 1 says 0, 0, 1: class 0 counts
    0: 1+.5, 1: 0 -> (2.5, 1)/3.5 = 5/7, 2/7; class 1: 0: .5, 1: 1 -> (1.5, 2)/3.5 = 3/7, 4/7. Source 2 says 0, 1, 1,
    its mirror: class 0: 4/7, 3/7; class 1: 2/7, 5/7. Row 1: .5 * 5/7 * 4/7 against .5 * 3/7 * 2/7: 20 to 6. Row 2:
    5/7 * 3/7 against 3/7 * 5/7: even. Row 3: 6 to 20. Likelihood: each row's sum / 98, so 26, 30 and 26.
    """
    found = dawid_skene([[0, 0], [0, 1], [1, 1]], 2, max_steps=1)
    assert found.prior.tolist() == [0.5, 0.5]
    np.testing.assert_allclose(found.confusion[0], [[5 / 7, 2 / 7], [3 / 7, 4 / 7]])
    np.testing.assert_allclose(found.confusion[1], [[4 / 7, 3 / 7], [2 / 7, 5 / 7]])
    np.testing.assert_allclose(found.posterior, [[20 / 26, 6 / 26], [0.5, 0.5], [6 / 26, 20 / 26]])
    likelihood = np.log(26 / 98) * 2 + np.log(30 / 98)
    prior = np.log(0.5) * 2 + np.log(np.array([5, 2, 3, 4, 4, 3, 2, 5]) / 7).sum()
    assert found.log_likelihood[0] == pytest.approx(likelihood + prior)
    assert not found.converged


def test_it_recovers_how_sources_err_and_beats_the_majority() -> None:
    rng = np.random.default_rng(0)
    accuracies = [0.95, 0.8, 0.65, 0.65, 0.65]
    truth, answers = simulated(4000, accuracies, rng, missing=0.2)
    found = dawid_skene(answers, 2)
    assert found.converged
    np.testing.assert_allclose(found.confusion[:, [0, 1], [0, 1]].T, [accuracies] * 2, atol=0.05)
    said = found.posterior.argmax(axis=1)
    votes = (answers == 1).sum(axis=1) * 2 > (answers >= 0).sum(axis=1)
    assert (said == truth).mean() > 0.92 > 0.87 > (votes == truth).mean()


def test_the_likelihood_never_falls_and_the_classes_keep_their_names() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 500)
    answers = np.stack([np.where(rng.random(500) < 0.6, truth, rng.integers(0, 3, 500)) for _ in range(6)], axis=1)
    found = dawid_skene(answers, 3)
    assert (np.diff(found.log_likelihood) >= -1e-8).all()
    assert (found.posterior.argmax(axis=1) == truth).mean() > 0.9
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1.0)


def test_a_row_without_answers_gets_the_prior() -> None:
    found = dawid_skene([[0, 0, 0], [1, 1, 1], [0, 0, 1], [-1, -1, -1]], 2)
    # The posterior is from the last maximisation, the prior too.
    np.testing.assert_allclose(found.posterior[3], found.prior)


@pytest.mark.parametrize("answers", [[[-1, -1]], [[0, 2]], [[0.0, 1.0]], [0, 1], np.empty((0, 2), int)])
def test_what_is_no_matrix_of_answers_is_refused(answers) -> None:
    with pytest.raises(DataError):
        dawid_skene(answers, 2)


def test_smoothing_must_be_positive() -> None:
    with pytest.raises(DataError, match="smoothing"):
        dawid_skene([[0, 1]], 2, smoothing=0.0)
