"""How many calls at once: doubled until the first sign of too many, then kept just below it."""

import math
from typing import Literal

from tilth.llm.limits.latency import Knee
from tilth.llm.limits.limiter import Permit

Phase = Literal["doubling", "adding", "holding", "probing"]
"""Slow start; on the way back up to the ceiling; at it; above it for a round, to see whether it still holds."""

_FIRST = 4
_SPREAD = 2.0
_SMOOTHING = 0.1
_DECREASE = 0.7
_DOUBT = 0.9
_LEAST_MEASURED = 12
_FULL = 0.95  # calls that started while fewer of the permitted ones ran say nothing about the level
_PROBE_FIRST_S, _PROBE_LAST_S = 5.0, 300.0
_PROBE_ROUNDS = 10  # at least so many times the level of calls between two probes: few enough are refused


class Concurrency:
    """Additive increase, multiplicative decrease (Chiu and Jain 1989), with a memory of the level last refused.

    `level` calls may run at once. They are judged in rounds: as many answers as calls fit, after as many to settle. A
    round that ends well raises the level, doubling it before the first refusal; a refusal lowers it once, for all calls
    sent before (`epoch` tells these). The level just below a refusal is the `ceiling`, kept and tried again ever less
    often. Calls of a full level only are counted, so that too little work raises nothing.
    """

    def __init__(self, most: int) -> None:
        self.most = self.ceiling = most
        self.level = 1
        self.latency_s: float | None = None
        self.epoch = self._lowered_at = 0
        self.sustained = self._best = 1
        self.phase: Phase = "doubling"
        self._knee, self._queueing, self._unproven = Knee(), False, False
        self._step = 1
        self._answers, self._latency_s = 0, 0.0
        self._since_held, self._held_at = 0, 0.0
        self._probe_s, self._probe_rounds = _PROBE_FIRST_S, _PROBE_ROUNDS

    def answered(self, permit: Permit, latency_s: float, now: float) -> None:
        """A call brought an answer after so many seconds."""
        if self.latency_s is None:  # the first of all goes alone
            self.latency_s = latency_s
            self._go_to(min(_FIRST, self.most), "doubling", now)
        self.latency_s += _SMOOTHING * (latency_s - self.latency_s)
        if permit.epoch != self.epoch or permit.in_flight < _FULL * self.level:
            return
        self._answers += 1
        if self._answers <= self.level:
            return
        self._latency_s += latency_s
        measured = self._answers - self.level
        if measured >= max(self.level, _LEAST_MEASURED):
            self._end_round(self._latency_s / measured, self._answers, now)

    def refused(self, permit: Permit, now: float) -> None:
        """A call was refused that `too_many` blames on the level."""
        # Calls overtake each other on their way, so that it is their number that tells the limit, not which it hit:
        # of 64 sent at once, 24 are refused where 40 fit.
        if permit.epoch < self._lowered_at:
            self.ceiling = max(self.ceiling - 1, min(self.sustained, self.ceiling))
            self.level = min(self.level, self.ceiling)
            return
        probing, self._unproven, self._queueing = self.phase == "probing", True, False
        if probing:
            self._probe_later()
            self._go_to(self.ceiling, "holding", now)
        else:
            self._knee.forget()
            self.ceiling = max(1, self.level - 1)
            self._go_to(max(1, min(math.floor(self.level * _DECREASE), self.ceiling)), "adding", now)
        self._lowered_at = self.epoch

    @property
    def starts_per_s(self) -> float:
        """How fast calls may start, to spread those of a raised level over half the time that one takes.

        Else they come as a burst, and a server that is strict about bursts would seem to refuse the level.
        """
        return _SPREAD * self.level / self.latency_s if self.latency_s else math.inf

    def too_many(self, permit: Permit) -> bool:
        """Whether a refusal is the level's fault: not if as many at once were served well before."""
        return permit.epoch < self._lowered_at or self.level > self.sustained

    def acquit(self, permit: Permit, now: float) -> None:
        """A refusal was not the level's fault; then neither was a decrease just before it."""
        if permit.in_flight >= _DOUBT * self.sustained:  # or is it? If it goes on, the level will be blamed
            self.sustained = max(1, math.floor(_DOUBT * self.sustained))
        if self._unproven:
            self.lift(now)

    def lift(self, now: float) -> None:
        """What was refused so far was not the level's fault: grow again."""
        self.ceiling = self.most
        self._go_to(min(max(self.sustained, _FIRST), self.most), "adding", now)

    def ignore_refusals(self, now: float) -> None:
        """Refusals follow no level at all: grow again from the highest that worked."""
        self._best = max(self._best, self.level)
        self.sustained, self.ceiling = self._best, self.most
        self._knee.forget()
        self._go_to(self._best, "doubling", now)

    def unsettled(self) -> None:
        """A refusal that may mean nothing: this round proves nothing either way."""
        self._answers, self._latency_s = 0, 0.0

    def restart(self, now: float) -> None:
        """The server is back: do not throw all at it at once."""
        self._knee.forget()
        self._go_to(max(1, self.level // 2), "adding", now)

    def new_calls(self) -> None:
        """The calls under way are lost; those to come are told apart from them."""
        self._go_to(self.level, self.phase, self._held_at)

    def _end_round(self, latency_s: float, answers: int, now: float) -> None:
        self._answers, self._latency_s = 0, 0.0
        self._since_held += answers
        if self.phase == "holding":
            self._knee.note(self.level, latency_s)
            self._grow(now)
            return
        judged = self._knee.judge(self.level, latency_s)
        if judged == "again":
            return
        if isinstance(judged, int):
            self._queue_found(judged, now)
            return
        self._grow(now)

    def _queue_found(self, level: int, now: float) -> None:
        if self.phase == "probing":
            self._probe_later()
            level = self.ceiling
        self.ceiling, self._queueing = level, True
        self._go_to(level, "holding", now)

    def _grow(self, now: float) -> None:
        self.sustained, self._unproven = max(self.sustained, self.level), False
        self._best = max(self._best, self.level)
        if self.phase == "probing":  # the ceiling has moved up
            self.ceiling, self._probe_s, self._probe_rounds = self.level, _PROBE_FIRST_S, _PROBE_ROUNDS
            self._go_to(self._above(2 * self._step), "probing" if self.level < self.most else "holding", now)
        elif self.level < self.ceiling:
            step = self.level if self.phase == "doubling" else self._step
            self._step *= 2
            level = min(self.ceiling, self.level + step)
            done = level == self.ceiling and self.phase != "doubling"
            self._go_to(level, "holding" if done else self.phase, now)
        elif self.phase != "holding":
            self._go_to(self.level, "holding", now)
        elif self.ceiling < self.most and self._may_probe(now):
            self._go_to(self._above(1), "probing", now)

    def _probe_later(self) -> None:
        self._probe_s, self._probe_rounds = min(2 * self._probe_s, _PROBE_LAST_S), 2 * self._probe_rounds

    def _above(self, step: int) -> int:
        self._step = step
        share = 0.25 if self._queueing else 0.025
        return min(self.most, self.ceiling + max(step, math.ceil(share * self.ceiling)))

    def _may_probe(self, now: float) -> bool:
        enough = self._since_held >= self._probe_rounds * self.level
        return enough and now - self._held_at >= self._probe_s

    def _go_to(self, level: int, phase: Phase, now: float) -> None:
        if phase != self.phase and phase != "probing":
            self._step = 1
        self.level, self.phase = level, phase
        self._held_at, self._since_held = now, 0
        self._answers, self._latency_s = 0, 0.0
        self.epoch += 1
