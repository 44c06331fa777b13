"""The limiter that finds out what an endpoint can take."""

import math

from tilth.errors import ConfigError, EndpointDownError
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.limits.adaptive import Concurrency
from tilth.llm.limits.breaker import Breaker
from tilth.llm.limits.doubt import Doubt, Verdict
from tilth.llm.limits.limiter import Outcome, Permit
from tilth.llm.limits.line import Line
from tilth.llm.limits.pace import Pace, Spacing
from tilth.llm.limits.snapshot import Snapshot

_RETRY_AFTER_CAP_S = 120.0
_IDLE_S = 1.0
_SMOOTHING = 0.02
_RARE = 0.25
_AGAIN = 3
_ASKED_S = 1.0
_TIMES_REFUSAL, _TRY_S = 3.0, 0.05


class AdaptiveLimiter:
    """As many calls at once, and as fast, as the endpoint takes without refusing or queueing.

    One for each endpoint and model. Calls go first come, first served.

    Args:
        max_concurrency: never more calls at once than this.
        requests_per_minute, tokens_per_minute: never faster than this, sent evenly; None: what headers and refusals
            teach.
        patience_s: after so long without one success, while tries fail or are refused, waiting ends in an error. Time
            in which nothing was asked does not count.

    Raises:
        ConfigError: a number is not above 0.
    """

    def __init__(
        self,
        max_concurrency: int,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        patience_s: float = 3600.0,
        clock: Clock | None = None,
    ) -> None:
        _check_positive("max_concurrency", max_concurrency)
        _check_positive("requests_per_minute", requests_per_minute)
        _check_positive("tokens_per_minute", tokens_per_minute)
        _check_positive("patience_s", patience_s)
        self._clock, self._patience_s = clock or SystemClock(), patience_s
        self._concurrency = Concurrency(max_concurrency)
        self._pace = Pace(requests_per_minute, tokens_per_minute, most=max_concurrency)
        self._spread = Spacing()
        self._doubt, self._again, self._refusal_s = Doubt(), 0, 0.0
        self._breaker = Breaker(threshold=10, first_s=1.0, growth=0.2, longest_s=30.0)
        self._line = Line(self._start, undo=self._undo, enter=self._enter, clock=self._clock)
        self._in_flight = self._calls = self._refused = 0
        self._refused_share = self._borne_share = 0.0
        self._first_epoch = 0
        self._rest_until = -math.inf
        self._ended_at = math.inf
        self._trouble_since: float | None = None
        self._down: EndpointDownError | None = None

    async def acquire(self, tokens: int = 0) -> Permit:
        """Come back when one more call, expected to take so many tokens, may start.

        Raises:
            EndpointDownError: `patience_s` have passed without one success. In a new event loop it is tried afresh.
        """
        return await self._line.wait(tokens)

    def release(self, permit: Permit, outcome: Outcome) -> None:
        """Say that a call let through by `acquire` has ended; to be called exactly once for each."""
        if permit.epoch < self._first_epoch:
            return  # of an event loop that has ended
        self._in_flight -= 1
        now = self._ended_at = self._clock.monotonic()
        if outcome.limits is not None:
            self._pace.told(outcome.limits, now)
        if outcome.tokens is not None:
            self._pace.used(permit, outcome.tokens)
        match outcome.kind:
            case "ok":
                self._answered(permit, outcome, now)
            case "throttled":
                self._throttled(permit, outcome, now)
            case "failed":
                self._failed(permit, outcome, now)
            case "cancelled":
                self._breaker.forgotten(permit)
                self._pace.learned.block.forgotten(permit)
        self._line.move()

    @property
    def healthy(self) -> bool:
        """Whether calls go through at present: neither failures nor refusals have shut the way."""
        return self._breaker.opened_at is None and self._pace.learned.block.opened_at is None

    def snapshot(self) -> Snapshot:
        """Where it stands now."""
        return Snapshot(
            level=self._concurrency.level,
            ceiling=self._concurrency.ceiling,
            phase=self._concurrency.phase,
            in_flight=self._in_flight,
            waiting=len(self._line),
            calls=self._calls,
            refused=self._refused,
            requests_per_s=_finite(self._pace.requests_per_s),
            tokens_per_s=_finite(self._pace.tokens_per_s),
            rate=self._pace.learned.state,
            breaker=self._breaker.state,
        )

    def _start(self, tokens: int) -> Permit | float:
        if self._down is not None:
            raise EndpointDownError(str(self._down))
        if self._in_flight >= min(self._concurrency.level, self._doubt.most):
            return math.inf
        now = self._clock.monotonic()
        wait = max(self._rest_until - now, self._breaker.wait_s(now))
        if wait <= 0:
            self._spread.rate = self._concurrency.starts_per_s
            wait = (
                self._told_by_try(now) or self._pace.wait_s(now) or self._spread.wait_s(now) or self._doubt.wait_s(now)
            )
        if wait > 0:
            return wait
        if self._in_flight == 0:
            self._skip_idle(now)
        self._in_flight += 1
        permit = Permit(now, self._in_flight, self._concurrency.epoch, tokens)
        self._spread.take(1, now)
        self._doubt.started(now)
        self._pace.started(permit)
        self._breaker.started(permit)
        return permit

    def _answered(self, permit: Permit, outcome: Outcome, now: float) -> None:
        self._calls += 1
        self._trouble_since = None
        latency_s = now - permit.started if outcome.latency_s is None else outcome.latency_s
        self._refused_share -= _SMOOTHING * self._refused_share
        self._concurrency.answered(permit, latency_s, now)
        learned = self._pace.learned
        if self._doubts(now):
            if learned.block.good(permit):
                self._blipped(now)
        else:
            before = learned.state
            learned.accepted(permit)
            if before != learned.state == "known":  # refusals so far were the rate's
                self._concurrency.lift(now)
        self._judge(self._doubt.ended(permit, now, refused=False), now)
        if self._breaker.good(permit):
            self._concurrency.restart(now)

    def _throttled(self, permit: Permit, outcome: Outcome, now: float) -> None:
        self._calls += 1
        self._refused += 1
        self._breaker.good(permit)  # it answers
        asked_s = min(outcome.retry_after_s or 0.0, _RETRY_AFTER_CAP_S)
        self._refusal_s += 0.2 * (now - permit.started - self._refusal_s)
        self._refused_share += _SMOOTHING * (1 - self._refused_share)
        if not self._is_doubtful(permit, asked_s, now):
            self._blame(permit, asked_s, now)
        self._judge(self._doubt.ended(permit, now, refused=True), now)
        self._lose_patience("refused", now)

    def _doubts(self, now: float) -> bool:
        """Whether a refusal may still be noise: no rate was found, and none was heeded for a while."""
        return self._pace.learned.state == "unknown" and self._doubt.reopened(now)

    def _told_by_try(self, now: float) -> float:
        """Seconds until the try that ends a break would have been refused by now; refusals come sooner than answers."""
        since = self._pace.learned.block.probing_since
        if since is None or not self._doubts(now):
            return 0.0
        left_s = since + _TIMES_REFUSAL * self._refusal_s + _TRY_S - now
        if left_s <= 0:
            self._pace.learned.block.close()
            self._blipped(now)
        return max(0.0, left_s)

    def _blipped(self, now: float) -> None:
        self._again = 0
        self._doubt.blip(self._concurrency.level, now)

    def _is_doubtful(self, permit: Permit, asked_s: float, now: float) -> bool:
        """Whether a refusal is to change nothing for now, but for a short break in which the next call will tell."""
        if self._doubt.state == "testing":
            return True
        if not self._doubts(now) or self._concurrency.phase == "probing":
            return False
        if asked_s > _ASKED_S:  # who says for how many seconds means it
            self._doubt.settle(now)
            return False
        block = self._pace.learned.block
        was_open = block.opened_at is not None
        if not was_open:
            self._again = 0
        if was_open and permit.started >= (block.opened_at or 0.0):  # a try to end the break
            self._again += 1
            if self._again >= _AGAIN:
                self._doubt.settle(now)
                return False
        self._pace.learned.uncounted(permit)
        block.bad(permit, now, asked_s)
        self._concurrency.unsettled()
        if self._doubt.bunched(self._concurrency.level, opens=not was_open):
            self._doubt.settle(now)
            return False
        return True

    def _judge(self, verdict: Verdict | None, now: float) -> None:
        if verdict != "noise":
            return
        self._pace.learned.stop_heeding(now)
        self._borne_share = 2 * max(self._doubt.share, self._refused_share) + 0.05
        self._concurrency.ignore_refusals(now)

    def _blame(self, permit: Permit, asked_s: float, now: float) -> None:
        """Find out what a refusal was for: too many at once, too fast, or neither."""
        learned = self._pace.learned
        if learned.deaf and self._refused_share > self._borne_share:  # there is a limit beside the noise
            self._refused_share = self._borne_share / 2
            if self._concurrency.level > 1:
                self._concurrency.refused(permit, now)
            else:
                learned.heed_again()
        faster = learned.state == "probing"  # than is known to be taken: that is more likely to be refused
        if not learned.deaf and not faster and self._concurrency.too_many(permit):
            self._concurrency.refused(permit, now)
            learned.block.forgotten(permit)
            self._rest_until = max(self._rest_until, now + asked_s)
            return
        rare = self._refused_share < _RARE
        was_deaf, opened = learned.deaf, learned.refused(permit, now, asked_s, rare=rare)
        if learned.deaf and not was_deaf:
            self._borne_share = 2 * self._refused_share + 0.05
            self._concurrency.ignore_refusals(now)
        elif opened and not was_deaf:
            self._concurrency.acquit(permit, now)

    def _failed(self, permit: Permit, outcome: Outcome, now: float) -> None:
        self._calls += 1
        asked_s = min(outcome.retry_after_s or 0.0, _RETRY_AFTER_CAP_S)
        self._breaker.bad(permit, now, asked_s)
        self._pace.learned.block.forgotten(permit)
        self._lose_patience("failed", now)

    def _lose_patience(self, what: str, now: float) -> None:
        if self._trouble_since is None:
            self._trouble_since = now
        seconds = now - self._trouble_since
        if seconds < self._patience_s or self._down is not None:
            return
        self._down = EndpointDownError(
            f"the endpoint gave no answer for {seconds:.0f} s; the last of all tries {what}"
            "\n  hint: answers so far are kept; run the same command again once it works"
        )
        self._line.fail(self._down)

    def _skip_idle(self, now: float) -> None:
        idle_s = now - self._ended_at
        if idle_s > _IDLE_S and self.healthy:
            self._pace.learned.idle(idle_s)
            if self._trouble_since is not None:
                self._trouble_since += idle_s

    def _undo(self, permit: Permit) -> None:
        self.release(permit, Outcome("cancelled"))

    def _enter(self) -> None:
        self._concurrency.new_calls()
        self._breaker.forget_calls()
        self._pace.learned.block.forget_calls()
        self._in_flight, self._first_epoch = 0, self._concurrency.epoch
        self._down = self._trouble_since = None


def _check_positive(name: str, value: float | None) -> None:
    if value is not None and not value > 0:
        raise ConfigError(f"{name} must be above 0, not {value}")


def _finite(rate: float) -> float | None:
    return None if rate == math.inf else rate
