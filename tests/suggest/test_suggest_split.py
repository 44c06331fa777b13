"""A log in two parts, and what of the later one is demand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from log_helpers import SOURCE, START, Typed, letters, put_log

from tilth.data import SearchSource, read_parquet
from tilth.errors import ConfigError, DataError
from tilth.suggest.config import LogConfig
from tilth.suggest.evaluate import Demand, HoldOut, SplitLog, demand_of, drawn, split_log

HOUR = 3600.0
UNTIMED = SearchSource(path="log.parquet", query="query", user_id="user", clicked="clicked")


def split(folder: Path, searches: list[Typed], hold: HoldOut, source: SearchSource = SOURCE) -> SplitLog:
    put_log(folder, searches)
    (folder / "parts").mkdir()
    return split_log(source, hold, folder / "parts", base=folder)


def queries(found: SplitLog) -> tuple[list[str], list[str]]:
    """Of the earlier and of the later part."""
    return read_parquet(Path(found.earlier.path))["query"].to_pylist(), found.later["query"].to_pylist()


HOURLY = [Typed("ann", f"query {at}", at * HOUR) for at in range(10)]


@pytest.mark.parametrize(
    ("hold", "later"),
    [
        (HoldOut(share=0.2), 2),
        (HoldOut(share=0.25), 3),  # at least so much
        (HoldOut(days=4 / 24), 4),
        (HoldOut(since=START + timedelta(hours=3)), 7),
        (HoldOut(since=(START + timedelta(hours=3)).replace(tzinfo=None)), 7),
    ],
)
def test_the_last_searches_are_held_out(tmp_path: Path, hold: HoldOut, later: int) -> None:
    found = split(tmp_path, HOURLY, hold)
    names = [one.query for one in HOURLY]
    assert queries(found) == (names[: 10 - later], names[10 - later :])
    assert found.how == "time"
    assert found.since is not None
    assert found.since <= START + timedelta(hours=10 - later)
    assert found.counts == {"rows": 10, "timeless": 0, "earlier": 10 - later, "later": later}
    assert (found.earlier.ts, found.earlier.shown) == ("ts", None)


def test_a_log_without_times_is_dealt_by_person_and_one_without_people_by_query(tmp_path: Path) -> None:
    searches = [Typed(f"p{at % 50}", f"query {at % 9}", at) for at in range(300)]
    found = split(tmp_path / "people", searches, HoldOut(share=0.3), UNTIMED)
    assert (found.how, found.since) == ("users", None)
    earlier = set(read_parquet(Path(found.earlier.path))["user_id"].to_pylist())
    later = set(found.later["user_id"].to_pylist())
    assert earlier | later == {f"p{at}" for at in range(50)}
    assert not earlier & later
    nobody = SearchSource(path="log.parquet", query="query")
    several = [Typed(None, text) for at in range(60) for text in (f"thing {at}", f"Things {at}")]
    found = split(tmp_path / "nobody", several, HoldOut(share=0.3), nobody)
    assert found.how == "queries"
    before, after = ({query.split()[1] for query in part} for part in queries(found))
    assert before
    assert after
    assert not before & after  # "thing 1" and "Things 1" are one query


@pytest.mark.parametrize(
    ("hold", "error", "said"),
    [
        (HoldOut(days=1, since=START), ConfigError, "not both"),
        (HoldOut(days=-1), ConfigError, "more than 0"),
        (HoldOut(days=1e6), ConfigError, "fewer than a calendar has"),
        (HoldOut(days=1e300), ConfigError, "fewer than a calendar has"),
        (HoldOut(share=1.5), ConfigError, "between 0 and 1"),
        (HoldOut(since=datetime(2031, 1, 1, tzinfo=UTC)), DataError, "no search is in the later part"),
        (HoldOut(days=400), DataError, "no search is in the earlier part"),
    ],
)
def test_what_cannot_be_held_out(tmp_path: Path, hold: HoldOut, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        split(tmp_path, HOURLY, hold)


def test_days_of_a_log_without_times(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no times to be split by"):
        split(tmp_path, HOURLY, HoldOut(days=2), UNTIMED)


def demand(tmp_path: Path, searches: list[Typed], config: LogConfig | None = None) -> Demand:
    before = [Typed("x", "before", -1e5)]
    found = split(tmp_path, [*before, *searches], HoldOut(since=START - timedelta(hours=1)))
    return demand_of(found.later, config or LogConfig())


def test_demand_is_what_was_typed_to_its_end_once_a_person_and_day(tmp_path: Path) -> None:
    found = demand(
        tmp_path,
        [
            *letters("ann", "drill bits", clicked=["i1"]),
            Typed("ann", "Bits, drill", 100.0),
            Typed("ann", "drill bit", 30 * HOUR),
            Typed("bob", "!!!", 200.0),
            *(Typed("bot", f"thing {at}", 10.0 * at) for at in range(30)),
        ],
        LogConfig(max_searches_a_day=20),
    )
    assert found.texts == ["bits, drill", "drill bit"]  # the later one of a day
    assert found.forms == ["bit drill", "bit drill"]
    assert found.clicked.tolist() == [False, False]
    assert len(set(found.people.tolist())) == 1
    assert (found.counts["half_typed"], found.counts["machine_searches"], found.counts["kept"]) == (8, 30, 2)


def test_a_text_that_people_mostly_type_on_is_no_demand(tmp_path: Path) -> None:
    typed = [one for person in range(3) for one in letters(f"p{person}", "drill bits", clicked=["i1"])]
    found = demand(tmp_path, [*typed, Typed("zoe", "drill b", 500.0), Typed("zoe", "saw", 600.0)])
    assert sorted(found.texts) == ["drill bits"] * 3 + ["saw"]


def test_all_searches_of_people_drawn_at_random() -> None:
    people = np.repeat(np.arange(50), 4)
    names = [str(row) for row in range(200)]
    some = drawn(Demand(names, names, people, np.ones(200, bool), {}), 30)
    assert len(some) == 32
    assert set(np.unique(some.people, return_counts=True)[1].tolist()) == {4}
    whole = Demand(names, names, people, np.ones(200, bool), {})
    assert drawn(whole, 200) is whole


def test_nobody_is_told_apart_by_query() -> None:
    schema = pa.schema([("query", pa.string())])
    rows = pa.table({"query": ["saw", "Saws", "hammer"]}, schema=schema)
    names = ["session_id", "user_id", "ts", "results", "shown", "clicked"]
    kinds = [pa.string(), pa.string(), pa.timestamp("us", tz="UTC"), pa.int64(), *[pa.list_(pa.string())] * 2]
    for name, kind in zip(names, kinds, strict=True):
        rows = rows.append_column(name, pa.nulls(3, kind))
    found = demand_of(rows, LogConfig())
    assert sorted(found.texts) == ["hammer", "saw", "saws"]
    assert len(set(found.people.tolist())) == 2
    assert found.clicked.all()
