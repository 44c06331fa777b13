"""Counting searches: sessions, bursts of typing, reformulations, and each query's own counts."""

import random
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from search_helpers import NOW, log_table, search

from tilth.audit import AuditConfig
from tilth.audit.search.counts import BucketCounts, count
from tilth.audit.search.deal import Facts, clean
from tilth.audit.search.normal import Normalizer
from tilth.audit.search.queries import add_up
from tilth.audit.search.searches import SearchBucket

CONFIG = AuditConfig()


def dealt(rows: list[dict[str, Any]], facts: Facts | None = None) -> pa.Table:
    now = round(NOW.timestamp() * 1e6)
    return clean(log_table(rows), Normalizer(), now, facts or Facts()).table


def counted(rows: list[dict[str, Any]]) -> BucketCounts:
    return count(SearchBucket.of(dealt(rows)), 3, CONFIG)


def sums(*rows: dict[str, Any]) -> dict[str, int]:
    return {name: number for name, number in counted(list(rows)).sums.items() if number}


def test_a_similar_query_within_five_minutes_is_a_reformulation() -> None:
    found = sums(
        search("drill", second=0),
        search("cordless drill", second=200),
        search("paint", second=300),  # another need
        search("paint brush", second=900),  # the same one, but too late
    )
    assert found == {"rows": 4, "searches": 4, "in_session": 4, "reformulated": 1, "sessions": 1, "people": 1}


def test_the_same_query_again_is_no_reformulation() -> None:
    assert "reformulated" not in sums(search("drill", second=0), search("Drills", second=20))


def test_other_sessions_are_not_looked_into() -> None:
    found = sums(search("drill", "s1", 0), search("cordless drill", "s2", 10))
    assert (found["sessions"], found.get("reformulated", 0)) == (2, 0)


def test_without_session_ids_a_pause_ends_a_session() -> None:
    user = {"user_id": "u1"}
    minute = 60
    found = sums(
        search("drill", None, 0, **user),
        search("cordless drill", None, 2 * minute, **user),
        search("drill bits", None, 40 * minute, **user),
    )
    assert (found["sessions"], found["reformulated"], found["people"]) == (2, 1, 1)


def test_a_session_is_abandoned_where_its_last_search_led_to_nothing() -> None:
    found = sums(
        search("drill", "s1", 0, clicked=["i1"]),
        search("paint", "s1", 900, clicked=[]),
        search("saw", "s2", 0, clicked=["i1"]),
        search("tap", "s3", 0, clicked=None),  # nobody knows
    )
    assert (found["sessions"], found["sessions_ended"], found["abandoned"]) == (3, 2, 1)
    assert (found["clicks_known"], found["zero_clicks"]) == (3, 1)


def test_what_is_typed_key_by_key_is_one_search() -> None:
    typed = [search(text, second=at, results=9, clicked=[]) for at, text in enumerate(["d", "dr", "dri", "Drill"])]
    done = counted([*typed, search("drill press", second=100, results=0, clicked=[])])
    assert {name: done.sums[name] for name in ("rows", "searches", "half_typed", "reformulated", "zero_results")} == {
        "rows": 5,
        "searches": 2,
        "half_typed": 3,
        "reformulated": 1,
        "zero_results": 1,
    }
    assert sorted(done.queries["query"].to_pylist()) == ["Drill", "drill press"]


def test_a_click_or_a_pause_ends_the_typing() -> None:
    clicked = sums(search("drill", second=0, clicked=["i1"]), search("drill press", second=2, clicked=[]))
    assert (clicked["searches"], clicked.get("half_typed", 0), clicked["reformulated"]) == (2, 0, 1)
    paused = sums(search("drill", second=0), search("drill press", second=6))
    assert (paused["searches"], paused.get("half_typed", 0)) == (2, 0)


def test_rows_of_the_items_of_one_search_are_one_search() -> None:
    found = sums(
        search("drill", results=2, clicked=[]),
        search("drill", results=2, clicked=["i2"]),
        search("drill", second=60, results=0, clicked=[]),
    )
    assert (found["rows"], found["searches"], found["zero_clicks"], found["zero_results"]) == (3, 2, 1, 1)


def test_without_time_or_person_a_row_is_a_search_and_in_no_session() -> None:
    found = sums(search("drill", second=None), search("drill", second=None), search("saw", None))
    assert found == {"rows": 3, "searches": 3, "people": 1}


def test_counts_of_queries_add_up_over_buckets() -> None:
    one = counted(
        [
            search("Drill", "s1", 0, results=0, clicked=[]),
            search("drills", "s1", 60, results=3, clicked=["i1"]),
            search("drills", "s2", 0, results=3),
        ]
    )
    other = count(SearchBucket.of(dealt([search("drills", "s9", 0, results=None)])), 5, CONFIG)
    (query,) = add_up(pa.concat_tables([one.queries, other.queries])).to_pylist()
    assert query == {
        "normal": "drill",
        "query": "drills",
        "searches": 4,
        "users": 3,
        "results_known": 3,
        "zero_results": 1,
        "clicks_known": 2,
        "clicks": 1,
        "reformulated": 0,
        "groups": [3, 5],
        "by_group": [3, 1],
    }


def test_the_busiest_are_known_by_name() -> None:
    assert counted([search("a b", "s1", 60 * at) for at in range(4)] + [search("c", "s2")]).busiest == (
        ("session s1", 4),
        ("session s2", 1),
    )


def test_a_user_and_a_session_of_one_id_are_two_people() -> None:
    table = dealt([search("drill", "7"), search("drill", "x", user_id="7"), search("drill", None)])
    assert table["who"].to_pylist() == ["session 7", "user 7", None]


def test_what_is_odd_about_rows_is_counted() -> None:
    facts = Facts()
    table = dealt(
        [
            search("?!"),
            search("drill", second=10 * 365 * 86_400),
            search("saw", None, None, results=0, clicked=["i1"]),
            search("tap", shown=["i1", "i2"]),
            search("hammer", shown=[], clicked=[]),
        ],
        facts,
    )
    assert {name: number for name, number in facts.counts.items() if number} == {
        "wordless": 1,
        "future": 1,
        "timeless": 1,
        "clicks_on_nothing": 1,
        "nobody": 1,
    }
    assert facts.examples["wordless"] == ["?!"]
    # Without a count of results that of the items shown stands in; what contradicts itself is unknown.
    assert table["results"].to_pylist() == [-1, -1, 2, 0]


ROWS = st.builds(
    lambda query, session, user, second, results, clicks: search(
        query, session, second, user_id=user, results=results, clicked=clicks
    ),
    st.sampled_from(["drill", "Drills", "cordless drill", "dr", "dri", "paint", "paint brush", "the saw"]),
    st.sampled_from([None, "s1", "s2"]),
    st.sampled_from([None, "u1", "u2"]),
    st.sampled_from([None, 0, 1, 2, 100, 400, 5_000]),
    st.sampled_from([None, 0, 4]),
    st.sampled_from([None, [], ["i1"]]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], shuffler: random.Random) -> None:
    shuffled = rows[:]
    shuffler.shuffle(shuffled)
    one, other = counted(rows), counted(shuffled)
    assert one.sums == other.sums
    assert sorted(one.busiest) == sorted(other.busiest)
    by_name = [("normal", "ascending")]
    assert add_up(one.queries).sort_by(by_name).to_pylist() == add_up(other.queries).sort_by(by_name).to_pylist()
    for part, whole in (
        ("zero_results", "results_known"),
        ("zero_clicks", "clicks_known"),
        ("reformulated", "in_session"),
        ("abandoned", "sessions_ended"),
        ("in_session", "searches"),
        ("searches", "rows"),
    ):
        assert one.sums[part] <= one.sums[whole]
