"""Dates and times as text (ISO 8601) to microseconds, in whole columns at once."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Micros = NDArray[np.int64]

ISO = (
    r"^(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:(?:[Tt]| +)(?P<hour>\d{2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<part>\d{1,20}))?)?)?"
    r" *(?P<zone>[Zz]|UTC|GMT|(?:UTC|GMT)?(?P<sign>[+-])(?P<zone_hour>\d{2})(?::?(?P<zone_minute>\d{2}))?)?"
    r"(?:\[[A-Za-z0-9_/+-]{1,50}\])?)?$"
)
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000


def iso_micros(text: pa.Array) -> tuple[Micros, Mask, Mask]:
    """Microseconds since 1970 of each text, whether it is a time at all, and whether it names an offset or UTC.

    A time without an offset counts as if it were in UTC. Digits beyond the microsecond are cut off.
    """
    found = pc.extract_regex(text, ISO)
    matched = np.asarray(pc.is_valid(found), dtype=bool)
    field = {name: _numbers(found, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    part = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(pc.struct_field(found, "part"), ""), 6, "0"), 0, 6)
    day, is_day = day_micros(field["year"], field["month"], field["day"])
    away = _numbers(found, "zone_hour") * HOUR + _numbers(found, "zone_minute") * MINUTE
    east = np.asarray(pc.fill_null(pc.not_equal(pc.struct_field(found, "sign"), "-"), True), dtype=bool)
    micros = day + field["hour"] * HOUR + field["minute"] * MINUTE + field["second"] * 1_000_000
    micros += part.cast(pa.int64()).to_numpy(zero_copy_only=False) - np.where(east, away, -away)
    in_day = (field["hour"] < 24) & (field["minute"] < 60) & (field["second"] < 60)
    in_day &= (_numbers(found, "zone_hour") < 24) & (_numbers(found, "zone_minute") < 60)
    names_zone = np.asarray(pc.fill_null(pc.not_equal(pc.struct_field(found, "zone"), ""), False), dtype=bool)
    good = matched & is_day & in_day
    return micros, good, good & names_zone


def day_micros(year: Micros, month: Micros, day: Micros) -> tuple[Micros, Mask]:
    """Microseconds since 1970 of the midnight that begins each day, and whether there is such a day."""
    good = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    good &= day <= length
    return np.where(good, first + day - 1, 0) * DAY, good


def _numbers(found: Any, name: str) -> Micros:
    """One group of the match as numbers, 0 where it is absent."""
    text = pc.struct_field(found, name)
    text = pc.if_else(pc.equal(pc.fill_null(text, ""), ""), "0", text)
    return text.cast(pa.int64()).to_numpy(zero_copy_only=False)
