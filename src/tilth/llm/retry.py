"""How long to wait before the next try."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Backoff:
    """Exponential waiting with jitter.

    Try `n` (0 for the first) is followed by `first_s * factor**n` seconds, at most `max_s`, of which up to the share
    `jitter` is taken off at random (`seed`). A server's Retry-After is obeyed up to `retry_after_cap_s`.
    """

    first_s: float = 0.5
    factor: float = 2.0
    max_s: float = 30.0
    jitter: float = 0.5
    retry_after_cap_s: float = 120.0
    seed: int = 0

    def delay(self, attempt: int, rng: random.Random, retry_after: float | None = None) -> float:
        """Seconds to wait after try `attempt`; never less than the (capped) time that the server asked for."""
        # Capping the exponent keeps a long row of failures from overflowing.
        own = min(self.max_s, self.first_s * self.factor ** min(attempt, 60)) * (1 - self.jitter * rng.random())
        return max(own, min(retry_after or 0.0, self.retry_after_cap_s))


def parse_retry_after(value: str | None, *, date: str | None, now: datetime) -> float | None:
    """Seconds asked for by a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date), None if it says nothing.

    A date is measured against the server's own `date` header where there is one, as the two clocks may differ.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = _http_date(value)
        return None if until is None else max(0.0, (until - (_http_date(date) or now)).total_seconds())
    return seconds if 0 <= seconds < float("inf") else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
