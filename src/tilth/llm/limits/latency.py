"""The signal of servers that never refuse but let calls queue: more at once, no more done, each slower."""

from typing import Literal

import msgspec

_LEVELS_APART = 1.2  # below that, noise is larger than what one more call could gain
_LEAST_GAIN = 0.15  # of the growth in calls must show as growth in answers where the calls doubled
_LEAST_GAIN_NEAR = 0.5  # and where they grew by a quarter or so: noise would pass the other
_NEAR = 1.6
_SATURATED = 0.85

Judgement = Literal["grow", "again"] | int
"""Throughput still rises; it does not seem to: measure once more; it does not: the level worth going back to."""


class Point(msgspec.Struct, frozen=True):
    """What was measured at a level of calls at once; by Little's law answers per second are level / latency."""

    level: int
    latency_s: float

    @property
    def throughput(self) -> float:
        return self.level / self.latency_s


class Knee:
    """Finds the level from which on calls only queue, out of the latencies at growing levels.

    The idea is that of TCP Vegas (Brakmo and Peterson 1995) and of Netflix's concurrency-limits, but it compares
    answers per second and not latency alone: a server that batches gets slower and still does more, and may be let
    grow.
    """

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._doubted = False

    def judge(self, level: int, latency_s: float) -> Judgement:
        """What to make of the mean latency of calls at a level."""
        here = Point(level, max(latency_s, 1e-9))
        self._points = [point for point in self._points if point.level < level]
        below = next((p for p in reversed(self._points) if p.level * _LEVELS_APART <= level), None)
        if below is None or here.throughput >= below.throughput * _least_gain(level / below.level):
            self._points.append(here)
            self._doubted = False
            return "grow"
        if not self._doubted:  # one slow answer is no queue
            self._doubted = True
            return "again"
        self._doubted = False
        return self._worth(here, below)

    def note(self, level: int, latency_s: float) -> None:
        """The latency at the level that is kept at present, for those above it to be judged by."""
        self._points = [point for point in self._points if point.level < level]
        self._points.append(Point(level, max(latency_s, 1e-9)))

    def forget(self) -> None:
        """Latencies of before say nothing about those to come."""
        self._points.clear()
        self._doubted = False

    def _worth(self, here: Point, below: Point) -> int:
        # What the server can do at most, times how long a call takes while none has to queue (Little's law).
        best = max(here.throughput, below.throughput)
        free = next((p for p in reversed(self._points) if p.throughput < _SATURATED * best), None)
        if free is None:
            return below.level
        return min(max(round(best * free.latency_s), free.level), here.level)


def _least_gain(growth: float) -> float:
    return 1 + (_LEAST_GAIN_NEAR if growth < _NEAR else _LEAST_GAIN) * (growth - 1)
