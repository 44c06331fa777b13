"""Whether refusals have anything to do with how many calls are made, or how fast."""

import math
from typing import Literal

from scipy.special import gammaincinv

from tilth.llm.limits.limiter import Permit
from tilth.llm.limits.pace import Spacing

DoubtState = Literal["open", "testing", "settled"]
"""A refusal by itself proves nothing yet; fewer and slower calls are on trial; refusals mean what they say."""

Verdict = Literal["noise", "limit"]

_BLIPS, _LEAST_CALLS, _WITHIN_CALLS = 3, 20, 2000
_MOST_SHARE = 0.5
_BUNCH_SHARE, _BUNCH = 0.25, 3
_EASE_LEVEL, _EASE_PACE = 0.5, 0.7  # a level is doubled at most, so that half of one too high is not
_EXPECTED, _ENOUGH = 8, 2
_SURE = 0.1
_LEAST_TRIED = 4
_STORM, _STORM_SHARE = 6, 0.8
_TIMES_SPAN, _SHORTEST_TEST_S, _LONGEST_TEST_S = 6.0, 2.0, 120.0
_SETTLED_FIRST_S, _SETTLED_LAST_S = 60.0, 1800.0


class Doubt:
    """Tells limits from noise, such as the refusals of an endpoint that is shared with others.

    Where a limit is met, refusals come in bunches, or go on at once, or end when less is asked for. So a refusal that
    stands alone, and after which the next call is served (a *blip*), changes nothing at first. After three of them,
    fewer calls are let through, and more slowly, for so many calls that eight more refusals are to be expected if load
    has no part in them (by the lower end of what three say of their share). Two are enough to call them noise; where a
    limit was met, none is expected.
    """

    def __init__(self) -> None:
        self.state: DoubtState = "open"
        self._blips = self._calls = self._refused = 0
        self._first_at = 0.0
        self._bunch = 0
        self._settled_until, self._settled_s = -math.inf, _SETTLED_FIRST_S
        self._pace = Spacing()
        self._most, self._from, self._until = 0, 0.0, 0.0
        self._tried = self._tried_refused = self._needed = 0

    @property
    def most(self) -> float:
        """Calls at once while on trial, else `inf`."""
        return self._most if self.state == "testing" else math.inf

    @property
    def share(self) -> float:
        """Refusals among the calls of the last trial, 0 to 1."""
        return self._tried_refused / max(self._tried, 1)

    def wait_s(self, now: float) -> float:
        """Seconds until a call may start while on trial."""
        return self._pace.wait_s(now) if self.state == "testing" else 0.0

    def started(self, now: float) -> None:
        if self.state == "testing":
            self._pace.take(1, now)

    def reopened(self, now: float) -> bool:
        """Whether refusals are doubted at `now`: at first, and again some minutes after a limit was found."""
        if self.state == "settled" and now >= self._settled_until:
            self.state, self._blips = "open", 0
        return self.state == "open"

    def bunched(self, level: int, *, opens: bool) -> bool:
        """A refusal while in doubt, which `opens` a break or comes in one; whether there are too many for a blip."""
        self._bunch = 1 if opens else self._bunch + 1
        return self._bunch > max(_BUNCH, _BUNCH_SHARE * level)

    def blip(self, level: int, now: float) -> None:
        """A break has ended with the first try."""
        self._blips += 1
        if self._blips == 1 or self._calls > _WITHIN_CALLS:
            self._blips, self._calls, self._refused, self._first_at = 1, 0, 0, now
        elif self._blips >= _BLIPS and self._calls >= _LEAST_CALLS and now > self._first_at:
            self._test(level, now)

    def ended(self, permit: Permit, now: float, *, refused: bool) -> Verdict | None:
        """A call was served or refused; the verdict where that brings one."""
        self._calls += 1
        self._refused += refused
        if self.state != "testing" or permit.started < self._from:
            return None
        self._tried += 1
        self._tried_refused += refused
        if self.share > _STORM_SHARE:
            return self.settle(now) if self._tried_refused >= _STORM else None
        if self._tried_refused >= _ENOUGH and self._tried >= _LEAST_TRIED:
            self.state, self._blips = "open", 0
            return "noise"
        return self.settle(now) if self._tried >= self._needed or now >= self._until else None

    def settle(self, now: float) -> Verdict:
        """Refusals mean what they say, for some minutes."""
        self.state, self._settled_until = "settled", now + self._settled_s
        self._settled_s = min(2 * self._settled_s, _SETTLED_LAST_S)
        self._blips = 0
        return "limit"

    def _test(self, level: int, now: float) -> None:
        share = float(gammaincinv(self._refused, _SURE)) / self._calls  # that low with few refusals, by chance
        served_per_s = (self._calls - self._refused) / (now - self._first_at)
        self._blips = 0
        if share > _MOST_SHARE or not served_per_s:
            self.settle(now)
            return
        self.state = "testing"
        self._most, self._pace = max(1, math.floor(_EASE_LEVEL * level)), Spacing(_EASE_PACE * served_per_s)
        # Where load has no part, so long a trial sees some seven more refusals at the eased pace.
        longest_s = min(_TIMES_SPAN * (now - self._first_at), _LONGEST_TEST_S)
        self._from, self._until = now, now + max(longest_s, _SHORTEST_TEST_S)
        self._needed, self._tried, self._tried_refused = math.ceil(_EXPECTED / share), 0, 0
