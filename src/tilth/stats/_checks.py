"""What every function here asks of its arrays, checked once and said in one way."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tilth.errors import DataError


def finite(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """`values` as a vector of finite floats.

    Raises:
        DataError: when it is not one-dimensional, empty, or holds NaN or an infinity.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not array.size:
        raise DataError(f"{name} must be a non-empty vector, it has shape {array.shape}")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise DataError(
            f"{name} holds {bad.size} values that are NaN or infinite, the first at index {bad[0]}",
            hint="leave these rows out and count them",
        )
    return array


def shares(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """`values` as a vector of numbers from 0 to 1.

    Raises:
        DataError: as `finite`, and when a value lies outside 0..1.
    """
    array = finite(values, name)
    if array.min() < 0 or array.max() > 1:
        raise DataError(f"{name} must lie in 0..1, found {array.min():g} to {array.max():g}")
    return array


def binary(values: ArrayLike, name: str) -> NDArray[np.bool_]:
    """`values` as a vector of booleans.

    Raises:
        DataError: as `finite`, and when a value is neither 0 nor 1.
    """
    array = finite(values, name)
    if not np.isin(array, (0.0, 1.0)).all():
        raise DataError(f"{name} must be 0 or 1", hint="turn grades into classes with Positive.of")
    return array == 1.0


def same_length(**arrays: NDArray[np.generic]) -> None:
    """Raises:
    DataError: when the arrays differ in length.
    """
    if len({len(array) for array in arrays.values()}) > 1:
        sizes = ", ".join(f"{name} {len(array)}" for name, array in arrays.items())
        raise DataError(f"arrays differ in length: {sizes}")


def row_weights(weights: ArrayLike | None, n: int) -> NDArray[np.float64]:
    """One weight per row, 1 where none are given.

    Raises:
        DataError: when there are not `n` of them, one is negative, or all are 0.
    """
    if weights is None:
        return np.ones(n)
    array = finite(weights, "weights")
    if len(array) != n or array.min() < 0 or array.sum() == 0:
        raise DataError(f"weights must be {n} numbers of at least 0, not all 0")
    return array


def level(value: float, name: str) -> float:
    """`value` unchanged if it lies strictly between 0 and 1.

    Raises:
        DataError: otherwise.
    """
    if not 0 < value < 1:
        raise DataError(f"{name} must lie between 0 and 1, got {value}")
    return value


def ratio(top: ArrayLike, bottom: ArrayLike) -> NDArray[np.float64]:
    """`top / bottom`, NaN where `bottom` is 0: a share of nothing is undefined, not 0."""
    numerator, denominator = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    out = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=out, where=denominator != 0)
    return out
