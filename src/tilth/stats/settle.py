"""How many labels would settle a tie."""

from math import floor, isfinite

from tilth.errors import DataError


def labels_to_settle(difference: float, interval_width: float, n: int) -> int | None:
    """Gold labels in total with which the interval of a paired difference would exclude 0, if the difference holds.

    `interval_width` is what `n` labels gave; it shrinks with the root of their number, so the answer is the first count
    above n * (width / 2 / |difference|)^2. At most `n` when the interval excludes 0 already. None when no number would
    do: a difference of 0, or one that is undefined.

    Raises:
        DataError: when `n` is below 1 or the width negative.
    """
    if n < 1 or interval_width < 0:
        raise DataError(f"needs at least one label and a width of at least 0, got n = {n}, width = {interval_width}")
    if not isfinite(difference) or not isfinite(interval_width) or difference == 0:
        return None
    wanted = n * (interval_width / 2 / abs(difference)) ** 2
    return floor(wanted) + 1 if isfinite(wanted) else None
