"""Rate-limit headers, in the dialects that LLM servers speak.

| header | dialect |
| --- | --- |
| `retry-after` | RFC 9110, 10.2.3: seconds or an HTTP date |
| `retry-after-ms` | Azure OpenAI: milliseconds |
| `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` | OpenAI and many after it; reset as `1s`, `6m0s`, `120ms` |
| `anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}` | Anthropic; reset as an RFC 3339 time |
| `ratelimit-{limit,remaining,reset}`, `ratelimit: limit=, remaining=, reset=` | IETF, draft-ietf-httpapi-ratelimit |
| `ratelimit: "name";r=;t=` with `ratelimit-policy: "name";q=;w=` | the same, from draft 8 on |
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tilth.llm.limits.limiter import RateLimits
from tilth.llm.retry import parse_retry_after

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)")
_UNIT_S = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_FIELD = re.compile(r"(?:^|[;,\s])(limit|remaining|reset|q|r|t)\s*=\s*(\d+)")


def read_retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds that a server asks to wait, None if it does not. The finer of two headers counts."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    return parse_retry_after(headers.get("retry-after"), date=headers.get("date"), now=now)


def read_limits(headers: Mapping[str, str], *, now: datetime) -> RateLimits | None:
    """What the headers say of limits, None if nothing that can be read. `headers` are looked up in lower case."""
    # One look at the names spares servers that send none of these a score of look-ups on every reply.
    if not any("ratelimit" in name.lower() for name in headers):
        return None
    requests = _named(headers, "requests", now) or _ietf(headers)
    tokens = _named(headers, "tokens", now)
    if requests is None and tokens is None:
        return None
    return RateLimits(*(requests or _NOTHING), *(tokens or _NOTHING))


_Said = tuple[int | None, int | None, float | None]
_NOTHING: _Said = (None, None, None)


def _named(headers: Mapping[str, str], what: str, now: datetime) -> _Said | None:
    for form in (f"x-ratelimit-{{}}-{what}", f"anthropic-ratelimit-{what}-{{}}"):
        limit, remaining = _count(headers.get(form.format("limit"))), _count(headers.get(form.format("remaining")))
        if limit is not None or remaining is not None:
            return limit, remaining, _seconds(headers.get(form.format("reset")), headers.get("date"), now)
    return None


def _ietf(headers: Mapping[str, str]) -> _Said | None:
    together = f"{headers.get('ratelimit', '')};{headers.get('ratelimit-policy', '')}"
    fields = {name: int(value) for name, value in reversed(_FIELD.findall(together))}
    limit = fields.get("limit", fields.get("q", _count(headers.get("ratelimit-limit"))))
    remaining = fields.get("remaining", fields.get("r", _count(headers.get("ratelimit-remaining"))))
    reset = fields.get("reset", fields.get("t", _number(headers.get("ratelimit-reset"))))
    return None if limit is None and remaining is None else (limit, remaining, reset)


def _seconds(value: str | None, date: str | None, now: datetime) -> float | None:
    """A duration (`6m0s`, `0.5`) or a time, as seconds from now on by the server's own clock."""
    if value is None:
        return None
    plain = _number(value)
    if plain is not None:
        return plain
    parts = _PART.findall(value.strip())
    if parts and "".join(number + unit for number, unit in parts) == value.strip():
        return sum(float(number) * _UNIT_S[unit] for number, unit in parts)
    return _until(value, date, now)


def _until(value: str, date: str | None, now: datetime) -> float | None:
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    with suppress(ValueError):
        now = parsedate_to_datetime(date) if date else now
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _count(value: str | None) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < float("inf") else None
