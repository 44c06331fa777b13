"""How fast calls may follow each other: requests and tokens per second."""

import math

from tilth.llm.limits.learned import LearnedRate
from tilth.llm.limits.limiter import Permit, RateLimits

_SLACK_S = 0.005  # how far a late timer may be caught up with; more would be a burst
_BELOW = 0.98
_JUST_BELOW = 0.99
_MINUTE_S = 60.0


class Spacing:
    """Lets `rate` units a second pass, evenly: the generic cell rate algorithm (ITU-T I.371), a bucket of no depth.

    Even calls never exceed any window or bucket of the same rate.
    """

    def __init__(self, rate: float = math.inf) -> None:
        self.rate = rate
        self._next_at = -math.inf

    def wait_s(self, now: float) -> float:
        return max(0.0, self._next_at - now)

    def take(self, units: float, now: float) -> None:
        self._next_at = max(self._next_at, now - _SLACK_S) + units / self.rate

    def correct(self, units: float) -> None:
        """Units more (or less, below 0) were used than taken."""
        self._next_at += units / self.rate


class HeaderRate:
    """The rate in rate-limit headers: the limit over the longest time to a full allowance seen lately.

    That time is the window where a server counts in windows, and approaches limit / rate as the bucket empties where it
    has a bucket, so that the rate is met from above, while the filling is used up, and not exceeded. No length of a
    window has to be known: some vendors' headers are per minute, others' per day.
    """

    def __init__(self) -> None:
        self._limit = 0
        self._longest_s = self._longest_before_s = 0.0
        self._since = -math.inf

    def rate(self, limit: int | None, remaining: int | None, reset_s: float | None, now: float) -> float | None:
        """Units per second that the headers of one reply allow, None where they do not say."""
        if not limit or reset_s is None or reset_s <= 0:
            return None
        if limit != self._limit or now - self._since > 2 * self._longest_s:
            self._longest_before_s = self._longest_s if limit == self._limit else 0.0
            self._longest_s, self._limit, self._since = 0.0, limit, now
        self._longest_s = max(self._longest_s, reset_s)
        allowed = _BELOW * limit / max(self._longest_s, self._longest_before_s)
        return allowed if remaining is None else max(allowed, remaining / reset_s)


class Pace:
    """All that bounds the rate of calls: what the user configured, headers told, and refusals taught.

    Args:
        requests_per_minute, tokens_per_minute: configured; None: not limited by the user.
        most: calls at once.
    """

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None, *, most: int) -> None:
        self._configured = _per_second(requests_per_minute)
        self._configured_tokens = _per_second(tokens_per_minute)
        self._from_headers = self._tokens_from_headers = math.inf
        self._requests, self._tokens = Spacing(self._configured), Spacing(self._configured_tokens)
        self._request_headers, self._token_headers = HeaderRate(), HeaderRate()
        self.learned = LearnedRate(most)

    @property
    def requests_per_s(self) -> float:
        """The most calls per second at present; `inf`: as many as may run at once."""
        return self._requests.rate

    @property
    def tokens_per_s(self) -> float:
        return self._tokens.rate

    def wait_s(self, now: float) -> float:
        """Seconds until another call may start."""
        learned = self.learned
        wait = learned.block.wait_s(now)
        if wait > 0:
            return wait
        learned.pass_time(now)
        self._requests.rate = min(self._configured, self._from_headers, learned.rate or math.inf)
        wait = self._requests.wait_s(now)
        if wait > 0:
            learned.felt()
        return max(wait, self._tokens.wait_s(now))

    def started(self, permit: Permit) -> None:
        self._requests.take(1, permit.started)
        self._tokens.take(permit.tokens, permit.started)
        self.learned.started(permit)

    def used(self, permit: Permit, tokens: int) -> None:
        """So many tokens were used where `permit.tokens` were expected."""
        self._tokens.correct(tokens - permit.tokens)

    def told(self, limits: RateLimits, now: float) -> None:
        """Headers of a reply or a refusal."""
        rate = self._request_headers.rate(
            limits.limit_requests, limits.remaining_requests, limits.reset_requests_s, now
        )
        if rate is not None:
            self._from_headers = rate
        rate = self._token_headers.rate(limits.limit_tokens, limits.remaining_tokens, limits.reset_tokens_s, now)
        if rate is not None:
            self._tokens_from_headers = rate
            self._tokens.rate = min(self._configured_tokens, rate)


def _per_second(per_minute: float | None) -> float:
    # A hair below, as clocks differ and a window's edge may count a call to either side.
    return math.inf if per_minute is None else _JUST_BELOW * per_minute / _MINUTE_S
