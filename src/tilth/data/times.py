"""Times, however they are written, to microseconds in UTC."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.data.columns import NUMBER
from tilth.data.iso import Mask, Micros, day_micros, iso_micros
from tilth.errors import ConfigError

UTC_TIME = pa.timestamp("us", tz="UTC")
NO_ZONE = pa.timestamp("us")
EARLIEST, LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""Microseconds since 1970 of the first and last moment of the years 1 to 9999."""
SAMPLE = 1_000
UNITS = ((10**11, "s"), (10**14, "ms"), (10**17, "us"))
"""Numbers below these count seconds (up to the year 5138), milliseconds and microseconds (from 1973 on); above, ns."""
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True)
class Times:
    """The times of some rows."""

    ts: pa.Array
    """`timestamp[us, UTC]`; null where there is none, or none that can be read."""
    unread: Mask
    """Whether something stands there that is no time, or lies outside the years 1 to 9999."""
    naive: int = 0
    """How many named no time zone."""
    zoned: int = 0
    """How many named one. Numbers since 1970 are neither: they count from a moment in UTC."""


class TimeReader:
    """Reads one column of times, batch by batch.

    It takes ISO 8601 (with an offset, `Z`, ` UTC`, or none; a date alone is its midnight), numbers since 1970, days
    as numbers (20141212), and Arrow's own times and dates. What numbers count is told by their size, once for the
    column: by the median of the first `SAMPLE` numbers of the first batch that has any. Times that name no zone are in
    `timezone`; one that a change of clocks makes ambiguous is the earlier of the two.

    Raises:
        ConfigError: there is no such time zone.
    """

    def __init__(self, timezone: str = "UTC") -> None:
        self.timezone = timezone
        self.unit: str | None = None
        try:
            _in_zone(np.zeros(1, dtype=np.int64), timezone)
        except pa.ArrowException as exc:
            raise ConfigError(
                f"there is no time zone '{timezone}'\n  hint: name one such as UTC, Europe/Oslo or America/New_York"
            ) from exc

    def read(self, values: pa.Array) -> Times:
        """The times of a batch."""
        kind = values.type
        if pa.types.is_dictionary(kind):
            values, kind = values.dictionary_decode(), kind.value_type
        if pa.types.is_null(kind):
            values, kind = values.cast(pa.int64()), pa.int64()
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return self._typed(values)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return self._numbers(values)
        text = pc.utf8_trim_whitespace(values.cast(pa.string()))
        text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        return self._clean_text(text) or self._any_text(text)

    def learn_unit(self, values: pa.Array) -> None:
        """Look what the numbers of a batch count, unless that is known already; text may hold numbers too."""
        if not self.unit and len(values):
            self.read(values)

    def _typed(self, values: pa.Array) -> Times:
        if pa.types.is_date(values.type):
            values = values.cast(pa.timestamp("s"))
        zoned = values.type.tz is not None
        present = _flags(pc.is_valid(values))
        micros, fits = _since_1970(_filled(values.cast(pa.int64())), values.type.unit)
        none = np.zeros_like(present)
        return self._made(micros, present, fits, naive=none if zoned else present, zoned=present if zoned else none)

    def _numbers(self, values: pa.Array) -> Times:
        whole = pa.types.is_integer(values.type) and values.type != pa.uint64()
        values = values.cast(pa.int64() if whole else pa.float64())
        if not whole:
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
        present = _flags(pc.is_valid(values))
        micros, fits = self._counted(_filled(values), present)
        none = np.zeros_like(present)
        return self._made(micros, present, fits, naive=present if self.unit == "day" else none, zoned=none)

    def _clean_text(self, text: pa.Array) -> Times | None:
        """A column that is written in one way throughout, which Arrow reads fastest; None if it is not."""
        first = next((value.as_py() for value in text if value.is_valid), None)
        if first is None:
            return Times(pa.nulls(len(text), UTC_TIME), np.zeros(len(text), dtype=bool))
        ways: tuple[Callable[[], Times], ...]
        if first.isdecimal():
            ways = (lambda: self._numbers(text.cast(pa.int64())),)
        elif first.endswith(" UTC"):
            ways = (lambda: self._typed(_without_utc(text).cast(NO_ZONE).cast(UTC_TIME)),)
        else:
            ways = (lambda: self._typed(text.cast(NO_ZONE)), lambda: self._typed(text.cast(UTC_TIME)))
        for way in ways:
            try:
                return way()
            except pa.ArrowInvalid:
                continue
        return None

    def _any_text(self, text: pa.Array) -> Times:
        present = _flags(pc.is_valid(text))
        is_number = _flags(pc.fill_null(pc.match_substring_regex(text, NUMBER), False))
        none = pa.scalar(None, pa.string())
        numbers = pc.if_else(pa.array(is_number), text, none).cast(pa.float64())
        micros, fits = self._counted(_filled(numbers), is_number)
        dates, is_date, names_zone = iso_micros(pc.if_else(pa.array(is_number), none, text))
        micros = np.where(is_date, dates, micros)
        naive = (is_date & ~names_zone) | is_number if self.unit == "day" else is_date & ~names_zone
        return self._made(micros, present, is_date | (is_number & fits), naive=naive, zoned=is_date & names_zone)

    def _counted(self, numbers: NDArray[Any], present: Mask) -> tuple[Micros, Mask]:
        if self.unit is None and present.any():
            self.unit = _unit_of(numbers[present][:SAMPLE])
        return _days(numbers) if self.unit == "day" else _since_1970(numbers, self.unit or "s")

    def _made(self, micros: Micros, present: Mask, fits: Mask, *, naive: Mask, zoned: Mask) -> Times:
        """`micros` are local where `naive`; they are no times where not `fits`."""
        if self.timezone != "UTC" and (naive & fits).any():
            micros = micros.copy()
            micros[naive & fits] = _in_zone(micros[naive & fits], self.timezone)
        good = present & fits & (micros >= EARLIEST) & (micros <= LATEST)
        ts = pa.array(micros, pa.int64(), mask=None if good.all() else ~good).cast(UTC_TIME)
        return Times(ts, present & ~good, int((naive & good).sum()), int((zoned & good).sum()))


def _unit_of(numbers: NDArray[Any]) -> str:
    typical = float(np.median(np.abs(numbers.astype(np.float64))))
    if 19_000_101 <= typical <= 21_001_231 and _days(numbers)[1].all():
        return "day"
    return next((unit for below, unit in UNITS if typical < below), "ns")


def _since_1970(numbers: NDArray[Any], unit: str) -> tuple[Micros, Mask]:
    """Microseconds, and whether they lie in the years 1 to 9999 (else they are 0)."""
    per_second = PER_SECOND[unit]
    low, high = EARLIEST * per_second // 10**6, LATEST * per_second // 10**6
    if np.issubdtype(numbers.dtype, np.integer):
        if unit == "ns":
            return numbers // 1_000, np.ones(len(numbers), dtype=bool)
        fits = (numbers >= low) & (numbers <= high)
        return np.where(fits, numbers, 0) * (10**6 // per_second), fits
    fits = (numbers >= low) & (numbers <= high)
    return np.rint(np.where(fits, numbers, 0) * (10**6 / per_second)).astype(np.int64), fits


def _days(numbers: NDArray[Any]) -> tuple[Micros, Mask]:
    """Numbers such as 20141212."""
    whole = (numbers >= 0) & (numbers < 10**8) & (np.floor(numbers) == numbers)
    digits = np.where(whole, numbers, 0).astype(np.int64)
    return day_micros(digits // 10_000, digits // 100 % 100, digits % 100)


def _in_zone(local: Micros, timezone: str) -> Micros:
    """The moments at which clocks in `timezone` show the local times."""
    times = pa.array(local, pa.int64()).cast(NO_ZONE)
    moments = pc.assume_timezone(times, timezone, ambiguous="earliest", nonexistent="earliest")
    return moments.cast(pa.int64()).to_numpy()


def _without_utc(text: pa.Array) -> pa.Array:
    """The texts without " UTC" at their ends.

    Raises:
        ArrowInvalid: some do not end so.
    """
    if not pc.all(pc.ends_with(text, " UTC")).as_py():
        raise pa.ArrowInvalid("written in several ways")
    return pc.utf8_slice_codeunits(text, 0, -4)


def _flags(values: pa.Array) -> Mask:
    return np.asarray(values, dtype=bool)


def _filled(values: pa.Array) -> NDArray[Any]:
    return pc.fill_null(values, 0).to_numpy(zero_copy_only=False)
