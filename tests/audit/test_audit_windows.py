"""Calendar windows, by hand."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.windows import KEPT, Length, window_edges, window_length, windows_of

TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1))


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def dates(edges: np.ndarray) -> list[str]:
    return [datetime.fromtimestamp(edge / 1e6, UTC).date().isoformat() for edge in edges.tolist()]


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [
        ("2024-01-01", "2024-01-01", "day"),
        ("2024-01-01", "2024-01-20", "day"),
        ("2024-01-01", "2024-03-25", "week"),  # 12 weeks
        ("2024-01-01", "2024-12-20", "week"),  # 11.6 months are too few
        ("2024-01-01", "2025-06-01", "month"),
        ("1990-01-01", "2000-01-01", "quarter"),
        ("1950-01-01", "2024-01-01", "year"),
    ],
)
def test_the_longest_window_of_which_there_are_enough(start: str, end: str, length: str) -> None:
    assert window_length(us(start), us(end)) == length


def test_edges_are_those_of_the_calendar() -> None:
    wednesday = us("2024-02-28T15:00:00")
    assert dates(window_edges(wednesday, us("2024-03-01"), "day")) == [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
        "2024-03-02",
    ]
    assert dates(window_edges(wednesday, us("2024-03-04"), "week")) == ["2024-02-26", "2024-03-04", "2024-03-11"]
    assert dates(window_edges(wednesday, wednesday, "month")) == ["2024-02-01", "2024-03-01"]
    assert dates(window_edges(wednesday, us("2024-12-31"), "quarter")) == [
        "2024-01-01",
        "2024-04-01",
        "2024-07-01",
        "2024-10-01",
        "2025-01-01",
    ]
    assert dates(window_edges(wednesday, us("2025-01-01"), "year")) == ["2024-01-01", "2025-01-01", "2026-01-01"]


def test_of_too_many_windows_the_last_are_kept() -> None:
    edges = window_edges(us("1971-01-01"), us("2024-01-01"), "day")
    assert len(edges) == KEPT + 1
    assert dates(edges)[-1] == "2024-01-02"


@given(TIMES, TIMES, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_every_time_lies_in_its_window(one: datetime, other: datetime, length: Length) -> None:
    start, end = sorted(us(time.replace(microsecond=0).isoformat()) for time in (one, other))
    edges = window_edges(start, end, length)
    assert (np.diff(edges) > 0).all()
    ts = np.array([end, NO_TIME, edges[0], edges[-1], edges[0] - 1])
    assert windows_of(ts, edges).tolist() == [len(edges) - 2, -1, 0, -1, -1]
    if len(edges) <= KEPT:
        assert edges[0] <= start < edges[1]
