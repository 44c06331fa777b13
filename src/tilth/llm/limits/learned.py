"""The hidden rate of a server that refuses calls however few run at once."""

import math
from typing import Literal

from tilth.llm.limits.breaker import Breaker
from tilth.llm.limits.limiter import Permit

RateState = Literal["unknown", "guessed", "known", "probing", "deaf"]
"""No refusal seen; measured once; measured twice alike; above the known rate for a while; refusals follow no rate."""

_BELOW = 0.97
_ALIKE = 0.15
_LEAST_COUNTED = 20  # calls between two ends of a block that make a rate
_GUESS_GROWTH = 1.5
_GUESS_STEP = 0.1  # of the time measured
_PROBE = 1.05
_PROBE_FIRST_S, _PROBE_LAST_S = 20.0, 1800.0
_STRIKES, _MOST_BLOCKS = 12, 100
_FINE, _COARSE = 0.08, 0.3  # of a block's length passes between two tries for its end: while measuring, and later
_DEAF_FIRST_S, _DEAF_LAST_S = 60.0, 3600.0
_DEAF_THRESHOLD = 10  # refusals in a row, or half as many as calls may run: they come back sooner than answers
_LONGEST_CYCLE_S = 120.0
_LONGEST_BLOCK_S = 150.0


class LearnedRate:
    """Measures the calls that a server takes between two moments at which it began to take calls again.

    At those moments the server's account is equally empty, whether it counts in fixed windows, in a sliding one or with
    a bucket of any size, so that calls / seconds is its rate. Refusals shut `block` (a call now and then finds its
    end).

    One measurement is a guess (a first one holds the bucket's filling; a storm of refusals looks alike), raised by half
    until it is refused or no longer felt; a second one like it makes the rate known. It is then kept just below, and
    tried above ever less often. `most` calls may run at once.

    Where refusals go on however slow the calls, they follow no rate and are not heeded.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.block = Breaker(threshold=1, first_s=0.1, growth=_FINE, longest_s=30.0)
        self.state: RateState = "unknown"
        self.rate: float | None = None
        self._estimate = self._safe = 0.0
        self._counted, self._counted_from = 0, math.inf
        self._cycle_s, self._longest_shut_s = 1.0, 0.0
        self._due = math.inf
        self._felt = False
        self._strikes = self._opened = 0
        self._probe_s, self._deaf_s = _PROBE_FIRST_S, _DEAF_FIRST_S

    def started(self, permit: Permit) -> None:
        if self._counted_from == math.inf:
            self._counted_from = permit.started
        self._counted += 1
        self.block.started(permit)

    def uncounted(self, permit: Permit) -> None:
        """A call that was refused has not passed."""
        self._counted -= permit.started >= self._counted_from

    def felt(self) -> None:
        """A call has to wait because of this rate."""
        self._felt = True

    def idle(self, seconds: float) -> None:
        """There was nothing to send for so long."""
        self._counted_from += seconds

    def refused(self, permit: Permit, now: float, asked_s: float, *, rare: bool) -> bool:
        """The server refused a call, and not for too many at once; whether that has opened a block.

        Only refusals that are `rare` may be found to follow no rate.
        """
        self.uncounted(permit)
        opened = self.block.bad(permit, now, asked_s)
        self._opened += opened
        if rare and self._opened > _MOST_BLOCKS:  # and still no two measurements alike
            self.stop_heeding(now)
        if not opened or self.state in ("unknown", "guessed", "deaf"):
            return opened
        if self.state == "probing":
            # What passed since the probing began: more than the rate by what a bucket held, less than what failed.
            passed = self._counted / max(now - self._counted_from, 1e-9)
            self._estimate = min(self._estimate, max(self._safe, passed))
            self._probe_s = min(2 * self._probe_s, _PROBE_LAST_S)
        else:
            self._strikes += 1
            self._estimate *= 0.95
            if rare and self._strikes > _STRIKES:
                self.stop_heeding(now)
                return opened
        self._keep(now)
        return opened

    def accepted(self, permit: Permit) -> None:
        """A call was served; where it ends a block, the time since the last such end is measured."""
        opened_at = self.block.opened_at
        if not self.block.good(permit) or opened_at is None:
            return
        end = (self.block.last_bad_start + permit.started) / 2
        seconds, counted, shut_s = end - self._counted_from, self._counted - 1, permit.started - opened_at
        if shut_s > _LONGEST_BLOCK_S:  # an outage or a day's quota: nothing to go by slowly for
            self._counted, self._counted_from = 1, permit.started
            self._forget_rate("unknown")
            return
        self._longest_shut_s = max(self._longest_shut_s, shut_s)
        # In a sliding window short blocks follow the pattern of calls a window ago; the long one marks a whole window.
        whole = shut_s >= 0.5 * self._longest_shut_s or seconds >= 3 * self._longest_shut_s
        if counted < _LEAST_COUNTED or not whole:
            return
        self._counted, self._counted_from = 1, end
        if self.state in ("unknown", "guessed", "deaf"):
            self._measured(counted / seconds, seconds, permit.started)

    def pass_time(self, now: float) -> None:
        """Do what is due; to be called before `rate` is read."""
        if now < self._due:
            return
        if self.state == "deaf":
            self._forget_rate("unknown")
        elif self.state == "guessed":
            self._raise_guess(now)
        else:
            self._probe(now)
        self._felt = False

    def _measured(self, rate: float, seconds: float, now: float) -> None:
        before, self._cycle_s = self._estimate, min(max(seconds, 1.0), _LONGEST_CYCLE_S)
        alike = before > 0 and abs(rate / before - 1) < _ALIKE
        self._estimate = (rate + before) / 2 if alike else rate
        self.block.threshold = 1
        if alike:
            self._strikes = self._opened = 0
            self._keep(now)
        else:
            self.state, self.rate, self.block.growth = "guessed", _BELOW * rate, _FINE
            self._due = now + max(1.0, _GUESS_STEP * self._cycle_s)

    def _keep(self, now: float) -> None:
        self.state, self.rate, self.block.growth = "known", _BELOW * self._estimate, _COARSE
        self._safe = self._estimate
        self._due = now + max(self._probe_s, 2 * self._cycle_s)

    def _raise_guess(self, now: float) -> None:
        if self.block.opened_at is not None:
            self._due = now + 1.0
        elif not self._felt or self.rate is None:  # a second measurement may yet be like the first
            self.state, self.rate, self._due = "unknown", None, math.inf
        else:
            self.rate *= _GUESS_GROWTH
            self._due = now + max(1.0, _GUESS_STEP * self._cycle_s)

    def _probe(self, now: float) -> None:
        if self._felt and self.rate is not None:
            self._strikes = 0
            if self.state == "probing":  # the last one held
                self._estimate, self._probe_s = self.rate, _PROBE_FIRST_S
            else:
                self._counted, self._counted_from = 0, now
            self.state, self.rate = "probing", _PROBE * self._estimate
        self._due = now + max(_PROBE_FIRST_S / 2, 1.2 * self._cycle_s)

    @property
    def deaf(self) -> bool:
        """Whether refusals are not heeded at present, for they follow neither level nor rate."""
        return self.state == "deaf"

    def heed_again(self) -> None:
        """More calls are refused than were when this ceased to heed it, and no level is to blame."""
        self._forget_rate("unknown")

    def stop_heeding(self, now: float) -> None:
        """Refusals follow no rate: do without for a while."""
        self._forget_rate("deaf")
        self.block.close()
        self.block.threshold = max(_DEAF_THRESHOLD, self._most // 2)
        self._due = now + self._deaf_s
        self._deaf_s = min(4 * self._deaf_s, _DEAF_LAST_S)

    def _forget_rate(self, state: RateState) -> None:
        self.state, self.rate, self._estimate = state, None, 0.0
        self._strikes = self._opened = 0
        self._longest_shut_s = 0.0
        self._due = math.inf
        self.block.threshold, self.block.growth = 1, _FINE
