"""Numbers as the page writes them. What is not known is written as unknown, never as 0."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from markupsafe import Markup, escape

MISSING = "–"
THIN = "\u202f"
"""Narrow no-break space, between a number and its unit."""


def number(value: Any) -> float | None:
    """`value` as a finite float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def _written(value: Any, form: Callable[[float], str]) -> str:
    """`value` in the given form, with a true minus sign; a dash where it is no number."""
    known = number(value)
    return MISSING if known is None else form(known).replace("-", "−")


def metric(value: Any) -> str:
    """Three decimals: 0.954."""
    return _written(value, lambda known: f"{known:.3f}")


def signed(value: Any) -> str:
    """Three decimals and always a sign: +0.041."""
    return _written(value, lambda known: f"{known:+.3f}")


def short_metric(value: Any) -> str:
    """At most three decimals, none of them idle: 0.9."""
    return _written(value, lambda known: f"{round(known, 3):g}")


def share(value: Any) -> str:
    """A share from 0 to 1 in percent: 47.9 %."""
    return _written(value, lambda known: f"{known * 100:.1f}{THIN}%")


def count(value: Any) -> str:
    """A whole number with thousands set apart."""
    return _written(value, lambda known: f"{known:,.0f}")


def money(value: Any) -> str:
    """US dollars with as many decimals as matter."""
    known = number(value)
    if known is None:
        return "unknown"
    size = abs(known)
    decimals = 0 if size >= 1000 else 2 if size >= 0.1 or size == 0 else 4
    if 0 < size < 0.0001:
        return "under $0.0001"
    return f"${known:,.{decimals}f}"


def seconds(value: Any) -> str:
    """Milliseconds, seconds or minutes, whichever reads best."""
    known = number(value)
    if known is None:
        return MISSING
    if known < 0.001:
        return f"under 1{THIN}ms" if known > 0 else f"0{THIN}ms"
    if known < 1:
        return f"{known * 1000:.0f}{THIN}ms"
    return f"{known:.1f}{THIN}s" if known < 120 else f"{known / 60:.0f}{THIN}min"


@dataclass(frozen=True)
class Measured:
    """A number with its interval, as `Estimate.to_json()` gave it; in HTML the interval is small and grey."""

    value: float | None
    low: float | None = None
    high: float | None = None
    style: Callable[[Any], str] = metric

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def text(self) -> str:
        return self.style(self.value)

    @property
    def interval(self) -> str:
        """Both ends, the unit written once; empty where there is no interval."""
        if self.low is None or self.high is None:
            return ""
        low, high = self.style(self.low).removesuffix(f"{THIN}%"), self.style(self.high)
        return f"{low} to {high}" if low.startswith(("−", "+")) else f"{low}–{high}"

    def __str__(self) -> str:
        return f"{self.text} ({self.interval})" if self.interval else self.text

    def __html__(self) -> Markup:
        value = Markup('<span class="value">{}</span>').format(self.text)
        if not self.interval:
            return value
        return Markup('{} <span class="interval">({})</span>').format(value, self.interval)


def measured(value: Any, style: Callable[[Any], str] = metric) -> Measured:
    """Reads `{"value", "low", "high"}`, a bare number, or nothing."""
    if isinstance(value, dict):
        return Measured(number(value.get("value")), number(value.get("low")), number(value.get("high")), style)
    return Measured(number(value), style=style)


@dataclass(frozen=True)
class Name:
    """An id or a name that somebody else chose, kept apart from the sentence around it."""

    text: str

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        return Markup('<bdi class="name">{}</bdi>').format(escape(self.text))


def plural(n: Any, one: str, many: str | None = None) -> str:
    """`3 contexts`, `1 context`."""
    return f"{count(n)} {one if number(n) == 1 else many or one + 's'}"
