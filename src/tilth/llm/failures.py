"""What a failed call means: for the request, for the endpoint, and for the run."""

import logging
import random
import time

from tilth.errors import LLMError, TransportError
from tilth.llm.ask import Ask
from tilth.llm.limits import Limiter, Outcome
from tilth.llm.retry import Backoff

FIRST_PATIENCE_S = 30.0
_MOST_REFUSALS = 50
_SAY_EVERY_S = 30.0
_THROTTLED = frozenset({429, 503})
_HOPELESS = {
    401: "the key is missing or wrong",
    403: "the key may not use this model or endpoint",
    404: "check the base URL and the name of the model",
}


_log = logging.getLogger("tilth.llm")


def outcome_of(exc: TransportError) -> Outcome:
    """A failure as the limiter hears of it: one that is the request's own says nothing about the endpoint."""
    if exc.status in _THROTTLED:
        return Outcome("throttled", retry_after_s=exc.retry_after, limits=exc.limits)
    kind = "failed" if exc.retryable else "cancelled"
    return Outcome(kind, retry_after_s=exc.retry_after, limits=exc.limits)


class Failures:
    """Decides on each failed call of an endpoint.

    A request's tries are used up by failures of its own only: while the endpoint as a whole is down, or asks everyone
    to slow down, requests wait. One that is refused time and again while others are served is given up all the same.
    """

    def __init__(self, limiter: Limiter, *, max_retries: int, backoff: Backoff, first_patience_s: float) -> None:
        self._limiter, self._max_retries, self._backoff = limiter, max_retries, backoff
        self._first_patience_s, self._first_failure = first_patience_s, 0.0
        self._rng = random.Random(backoff.seed)  # noqa: S311 - jitter is no secret
        self._hopeless: str | None = None
        self.served = 0
        """Calls that the endpoint answered."""
        self.last = ""
        """The latest failure, in words."""
        self._said = -_SAY_EVERY_S
        self.answered_before = False
        """Whether the store holds an answer of this endpoint and model: then it is no mistyped address."""

    def check_hopeless(self) -> None:
        """Raises:
        LLMError: no request can succeed; the same for every request after the first.
        """
        if self._hopeless is not None:
            raise LLMError(self._hopeless)

    def decide(self, ask: Ask, exc: TransportError) -> float | None:
        """Seconds to wait before the next try; None to give the request up.

        Raises:
            LLMError: no request can succeed.
        """
        self.last = str(exc)
        self._say_that_it_waits()
        self._look_for_hopeless(ask, exc)
        self.check_hopeless()
        ask.attempts += 1
        if not exc.retryable:
            return None
        if exc.status in _THROTTLED:
            ask.refusals += self.served > ask.served
        else:
            ask.failures += self._limiter.healthy
        ask.served = self.served
        if ask.failures > self._max_retries or ask.refusals > _MOST_REFUSALS:
            return None
        return self._backoff.delay(ask.attempts - 1, self._rng, exc.retry_after)

    def _say_that_it_waits(self) -> None:
        """Now and then, while the endpoint answers nothing: otherwise a run would just stand still."""
        now = time.monotonic()
        if not self._limiter.healthy and now - self._said >= _SAY_EVERY_S:
            self._said = now
            _log.warning("waiting for the endpoint, with a try now and then: %s", self.last)

    @property
    def _has_answered(self) -> bool:
        return self.served > 0 or self.answered_before

    def _look_for_hopeless(self, ask: Ask, exc: TransportError) -> None:
        where = f"{ask.request.endpoint}, model '{ask.request.model}'"
        if exc.status in _HOPELESS:
            self._hopeless = f"stopped at {where}: {exc}\n  hint: {_HOPELESS[exc.status]}"
        elif exc.status not in _THROTTLED and exc.retryable and not self._has_answered and not self._limiter.healthy:
            self._first_failure = self._first_failure or time.monotonic()
            if time.monotonic() - self._first_failure >= self._first_patience_s:
                hint = "is the server up, and is the base URL right?"
                self._hopeless = f"{where} has not answered a single call: {exc}\n  hint: {hint}"
