"""When nothing but failures come back: stop, and try with one call now and then."""

import math
from typing import Literal

from tilth.llm.limits.limiter import Permit

BreakerState = Literal["closed", "open", "half_open"]
"""Calls go through; none does; one is under way to see whether others may."""


class Breaker:
    """A circuit breaker (Nygard, "Release It!", 2007).

    It opens after `threshold` bad ends in a row. While open it lets a single call through, the first after `first_s`
    seconds, the next each after the share `growth` of the time it has been open, at least `first_s` and at most
    `longest_s`; the first of these to end well closes it. A longer wait that the server asks for is obeyed.
    """

    def __init__(self, *, threshold: int, first_s: float, growth: float, longest_s: float) -> None:
        self.threshold = threshold
        self._first_s, self.growth, self._longest_s = first_s, growth, longest_s
        self._in_a_row = 0
        self._probe: Permit | None = None
        self._next_at = 0.0
        self.opened_at: float | None = None
        self.last_bad_start = 0.0

    @property
    def state(self) -> BreakerState:
        if self.opened_at is None:
            return "closed"
        return "open" if self._probe is None else "half_open"

    def wait_s(self, now: float) -> float:
        """Seconds until a call may start; `inf` while one is under way that decides."""
        if self.opened_at is None:
            return 0.0
        return max(0.0, self._next_at - now) if self._probe is None else math.inf

    @property
    def probing_since(self) -> float | None:
        """When the call started that decides; None where none is under way."""
        return None if self._probe is None else self._probe.started

    def started(self, permit: Permit) -> None:
        if self.opened_at is not None:
            self._probe = permit

    def good(self, permit: Permit) -> bool:
        """A call ended well; whether that has closed the breaker."""
        self._in_a_row = 0
        # A call that was sent before the trouble began says nothing about its end.
        if self.opened_at is None or permit.started < self.opened_at:
            return False
        self.close()
        return True

    def bad(self, permit: Permit, now: float, asked_s: float = 0.0) -> bool:
        """A call ended badly, the server asked for `asked_s` seconds of rest; whether that has opened the breaker."""
        self._in_a_row += 1
        self.last_bad_start = max(self.last_bad_start, permit.started)
        if self.opened_at is not None:
            if permit is self._probe:
                self._probe = None
                open_s = now - self.opened_at
                self._next_at = now + min(self._longest_s, max(self._first_s, self.growth * open_s))
            self._next_at = max(self._next_at, now + asked_s)
            return False
        if self._in_a_row < self.threshold:
            return False
        self.opened_at, self._next_at = now, now + max(self._first_s, asked_s)
        return True

    def close(self) -> None:
        """Let calls through again."""
        self.opened_at = self._probe = None
        self._in_a_row = 0

    def forgotten(self, permit: Permit) -> None:
        """Nobody waits for this call any more: where it was the one to decide, another may."""
        if permit is self._probe:
            self._probe = None

    def forget_calls(self) -> None:
        """The calls under way are lost."""
        self._probe = None
