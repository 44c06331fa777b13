"""The calendar's windows of a log: days, weeks, months, quarters or years, in UTC."""

from datetime import UTC, datetime, timedelta
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import NO_TIME

Length = Literal["day", "week", "month", "quarter", "year"]
FEWEST, MOST = 12, 60
KEPT = 400
"""More windows than this are not looked at: the oldest are left out."""
DAY_US = 86_400_000_000
_DAYS: dict[Length, float] = {"day": 1, "week": 7, "month": 365.2425 / 12, "quarter": 365.2425 / 4, "year": 365.2425}
_MONTHS: dict[Length, int] = {"month": 1, "quarter": 3, "year": 12}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def window_length(start: int, end: int) -> Length:
    """The length of which a log from `start` to `end` (microseconds) has 12 to 60 windows, the longest if several have.

    Where none has: the one whose number is nearest to that, as a ratio.
    """
    days = max((end - start) / DAY_US, 1 / 24)

    def miss(length: Length) -> float:
        count = days / _DAYS[length]
        return max(log(FEWEST / count), log(count / MOST), 0.0)

    return min(reversed(list(_DAYS)), key=miss)


def window_edges(start: int, end: int, length: Length) -> NDArray[np.int64]:
    """Edges of the windows that hold `start` to `end`, shape (windows + 1,), at most the `KEPT` last ones."""
    first, last = _moment(start), _moment(end)
    if length in ("day", "week"):
        step = 7 if length == "week" else 1
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        opening = midnight - timedelta(days=midnight.weekday() if length == "week" else 0)
        count = (last - opening) // timedelta(days=step) + 1
        edges = _micros(opening) + np.arange(count + 1) * step * DAY_US
    else:
        step = _MONTHS[length]
        months = [one.year * 12 + (one.month - 1) // step * step for one in (first, last)]
        edges = np.array([_month_start(month) for month in range(months[0], months[1] + step + 1, step)], np.int64)
    return edges[-KEPT - 1 :]


def windows_of(ts: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The window of each time, -1 for none, and for times outside."""
    found = np.searchsorted(edges, ts, side="right") - 1
    return np.where((ts == NO_TIME) | (found >= len(edges) - 1), -1, found)


def _month_start(month: int) -> int:
    """Of months counted from year 0; what lies past the calendar's end ends with it."""
    year, rest = divmod(month, 12)
    return _micros(datetime(min(year, 9999), rest + 1, 1, tzinfo=UTC))


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
