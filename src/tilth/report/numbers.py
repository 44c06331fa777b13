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


def fine_share(value: Any) -> str:
    """Like `share`, but with two digits that count where it is below a tenth of a percent: 0.017 %."""
    known = number(value)
    if known is None or known == 0 or abs(known) >= 0.001:
        return share(known)
    return f"under 0.0001{THIN}%" if abs(known) < 0.000001 else _written(known, lambda one: f"{one * 100:.2g}{THIN}%")


def amount(value: Any) -> str:
    """A number of things, which may be a mean: whole from 100 on, with one decimal below where that is not idle."""
    return _written(value, lambda known: f"{known:,.0f}" if abs(known) >= 100 else f"{round(known, 1):g}")


def ratio(value: Any) -> str:
    """Two decimals: 1.84."""
    return _written(value, lambda known: f"{known:,.2f}")


def days(value: Any) -> str:
    """Hours, or days with as many decimals as matter."""
    known = number(value)
    if known is not None and 0 < abs(known) < 1:
        return _written(known * 24, lambda hours: f"{hours:.1f}{THIN}hours")
    return _written(known, lambda one: f"{one:,.0f}{THIN}days" if abs(one) >= 10 else f"{round(one, 1):g}{THIN}days")


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
        low, high = self.style(self.low), self.style(self.high)
        unit = THIN + high.rpartition(THIN)[2]
        low = low.removesuffix(unit) if THIN in high else low
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
    """An id or a name that somebody else chose, kept apart from the sentence around it; `plain` in the page's type."""

    text: str
    plain: bool = False

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        kind = Markup("") if self.plain else Markup(' class="name"')
        return Markup("<bdi{}>{}</bdi>").format(kind, escape(self.text))


def plural(n: Any, one: str, many: str | None = None) -> str:
    """`3 contexts`, `1 context`."""
    return f"{count(n)} {one if number(n) == 1 else many or one + 's'}"
