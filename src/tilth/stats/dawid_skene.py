"""The truth behind several sources' labels, and how each source errs, found together (Dawid and Skene 1979)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError

NO_ANSWER = -1
"""The code of an answer that is missing."""


@dataclass(frozen=True)
class DawidSkene:
    """K classes, M sources, N rows.

    `posterior` (N, K) is the probability of each class, `prior` (K,) how frequent the classes are, `confusion`
    (M, K, K) how often source m says class l where the truth is class k, indexed [m, k, l]. `log_likelihood` (steps,)
    is that of the answers plus the log of the smoothing's prior, in nats; it never falls. `converged` says whether it
    stopped rising within the steps allowed.
    """

    posterior: NDArray[np.float64]
    prior: NDArray[np.float64]
    confusion: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    converged: bool


def dawid_skene(
    answers: ArrayLike, n_classes: int, *, smoothing: float = 1.0, max_steps: int = 200, tolerance: float = 1e-7
) -> DawidSkene:
    """Expectation-maximisation on `answers` (N, M): class numbers 0..K-1, or -1 where a source gave none.

    Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied Statistics
    28 (1979): given the truth, sources err independently of each other, each by a confusion matrix of its own.
    `smoothing` is added to every count of the matrices and of the class frequencies (the mode under a Dirichlet prior
    of smoothing + 1), so that a source that never said a class is not taken to be unable to.

    The likelihood is the same for classes under other names; the start from the share of votes settles which is which,
    as long as the sources are right more often than by chance. A row without answers gets the prior. EM stops when a
    step raises the log-likelihood by less than `tolerance` per answer.

    Raises:
        DataError: `answers` is no matrix with an answer in it, a code is out of range, or an argument is.
    """
    codes = _checked(answers, n_classes)
    if not smoothing > 0 or max_steps < 1:
        raise DataError("smoothing must be above 0 and max_steps at least 1")
    enough = tolerance * float((codes >= 0).sum())
    posterior, history, converged = _vote_shares(codes, n_classes), list[float](), False
    prior, confusion = np.empty(0), np.empty(0)
    while not converged and len(history) < max_steps:
        prior, confusion = _maximise(codes, posterior, smoothing)
        posterior, likelihood = _expect(codes, prior, confusion)
        penalty = smoothing * float(np.log(prior).sum() + np.log(confusion).sum())
        history.append(likelihood + penalty)
        converged = len(history) > 1 and history[-1] - history[-2] <= enough
    return DawidSkene(posterior, prior, confusion, np.asarray(history), converged)


def _checked(answers: ArrayLike, n_classes: int) -> NDArray[np.int64]:
    codes = np.asarray(answers)
    if codes.ndim != 2 or codes.dtype.kind not in "iu" or not (codes >= 0).any():
        raise DataError(f"answers must be a matrix of class numbers with an answer in it, shape {codes.shape}")
    if n_classes < 2 or codes.min() < NO_ANSWER or codes.max() >= n_classes:
        raise DataError(f"class numbers must lie in 0..{n_classes - 1} or be -1, found {codes.min()}..{codes.max()}")
    return codes.astype(np.int64)


def _vote_shares(codes: NDArray[np.int64], n_classes: int) -> NDArray[np.float64]:
    """(N, K) share of the answers of each row; rows without any get those of all answers."""
    votes = np.stack([(codes == k).sum(axis=1) for k in range(n_classes)], axis=1).astype(np.float64)
    votes[votes.sum(axis=1) == 0] = votes.sum(axis=0)
    return votes / votes.sum(axis=1, keepdims=True)


def _maximise(
    codes: NDArray[np.int64], posterior: NDArray[np.float64], smoothing: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Class frequencies (K,) and confusion matrices (M, K, K) from the rows' posteriors (N, K)."""
    n_classes = posterior.shape[1]
    frequencies = posterior.sum(axis=0) + smoothing
    # Code -1 counts in a first cell that is cut off.
    counts = [[np.bincount(column + 1, weight, n_classes + 1)[1:] for weight in posterior.T] for column in codes.T]
    matrices = np.asarray(counts, np.float64) + smoothing
    return frequencies / frequencies.sum(), matrices / matrices.sum(axis=-1, keepdims=True)


def _expect(
    codes: NDArray[np.int64], prior: NDArray[np.float64], confusion: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Posteriors (N, K), and the log-likelihood of all answers."""
    joint = np.tile(np.log(prior), (len(codes), 1))
    for column, matrix in zip(codes.T, confusion, strict=True):
        # Said class -1 is the last column: no answer, no evidence.
        joint += np.column_stack([np.log(matrix), np.zeros(len(matrix))]).T[column]
    top = joint.max(axis=1, keepdims=True)
    total = top + np.log(np.exp(joint - top).sum(axis=1, keepdims=True))
    return np.exp(joint - total), float(total.sum())
