"""A rate limit as a server keeps it: in fixed windows, in a sliding one, or as a bucket."""

from collections import deque
from typing import Literal, get_args

WindowKind = Literal["fixed", "sliding", "bucket"]


class Quota:
    """Lets `limit` units pass in `window_s` seconds. Times are seconds of any clock that does not go back.

    | kind | how it counts |
    | --- | --- |
    | fixed | anew at each multiple of `window_s` since the first call |
    | sliding | the units of the last `window_s` seconds |
    | bucket | refilled evenly, `limit` units a window; holds `burst` units (None: `limit`) and is full at first |
    """

    def __init__(self, limit: float, window_s: float, kind: WindowKind = "fixed", burst: float | None = None) -> None:
        if kind not in get_args(WindowKind):
            raise ValueError(f"unknown window '{kind}'; known are {', '.join(get_args(WindowKind))}")
        if limit <= 0 or window_s <= 0:
            raise ValueError(f"limit and window must be above 0, not {limit:g} in {window_s:g} s")
        self.limit, self.window_s, self.kind = limit, window_s, kind
        self.depth = limit if burst is None else burst
        self._first: float | None = None
        self._window = 0
        self._used = 0.0  # of the window; of the bucket: what is missing
        self._at = 0.0
        self._passed: deque[tuple[float, float]] = deque()

    def has(self, units: float, now: float) -> bool:
        """Whether so many units may pass now."""
        self._pass_time(now)
        return self._used + units <= self._room + 1e-9

    def take(self, units: float, now: float) -> None:
        """Count units, whether or not there is room for them."""
        self._pass_time(now)
        self._used += units
        if self.kind == "sliding":
            self._passed.append((now, units))

    def remaining(self, now: float) -> int:
        """Whole units that may pass at once now."""
        self._pass_time(now)
        return max(0, int(self._room - self._used + 1e-9))

    def reset_s(self, now: float) -> float:
        """Seconds until all of it may be used again."""
        self._pass_time(now)
        if self.kind == "bucket":
            return self._used * self.window_s / self.limit
        if self.kind == "sliding":
            return self._passed[-1][0] + self.window_s - now if self._passed else 0.0
        return (self._window + 1) * self.window_s - (now - (self._first or 0.0))

    def wait_s(self, units: float, now: float) -> float:
        """Seconds until so many units may pass."""
        if self.has(units, now):
            return 0.0
        missing = self._used + units - self._room
        if self.kind == "bucket":
            return missing * self.window_s / self.limit
        if self.kind == "fixed":
            return self.reset_s(now)
        for then, passed in self._passed:
            missing -= passed
            if missing <= 0:
                return then + self.window_s - now
        return self.window_s

    @property
    def _room(self) -> float:
        return self.depth if self.kind == "bucket" else self.limit

    def _pass_time(self, now: float) -> None:
        if self._first is None:
            self._first = self._at = now
        if self.kind == "bucket":
            self._used = max(0.0, self._used - (now - self._at) * self.limit / self.window_s)
            self._at = now
        elif self.kind == "fixed":
            window = int((now - self._first) / self.window_s)
            if window != self._window:
                self._window, self._used = window, 0.0
        else:
            while self._passed and self._passed[0][0] <= now - self.window_s:
                self._used -= self._passed.popleft()[1]
