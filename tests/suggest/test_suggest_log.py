"""Mining a log of which it is known what people typed to the end."""

import math
import random
from pathlib import Path

import pytest
from log_helpers import Typed, letters, mined, offered, put_log, row_of

from tilth.suggest.config import LogConfig
from tilth.suggest.filter import reasons

PEOPLE = [f"p{number}" for number in range(6)]
DAY = 86_400.0


def test_half_typed_queries_are_told_from_whole_ones(tmp_path: Path) -> None:
    log = [one for who in PEOPLE for one in letters(who, "drill bits", clicked=["7"])]
    log += [one for who in PEOPLE for one in letters(who, "drill", at=600)]
    found = mined(tmp_path, log)
    # "drill" is typed on by six and meant by six: a half, and no more than a half may be.
    assert offered(found) == ["drill", "drill bits"]
    assert found.counts["searches"] == 12
    assert found.counts["half_typed"] == len(log) - 12
    bits = row_of(found, "drill bits")
    assert (bits["users"], bits["searches"], bits["successes"]) == (6, 6, 6)
    assert row_of(found, "drill")["successes"] == 0


def test_a_text_that_most_type_on_is_no_query_though_some_leave_off_there(tmp_path: Path) -> None:
    log = [one for who in range(30) for one in letters(f"p{who}", "headphones", clicked=["1"])]
    log += [Typed(f"q{who}", "headp", clicked=["1"]) for who in range(6)]  # from the list of instant results
    found = mined(tmp_path, log)
    assert offered(found) == ["headphones"]
    assert row_of(found, "headp")["rejected"] == reasons.HALF_TYPED


def test_what_was_taken_back_was_not_meant(tmp_path: Path) -> None:
    log = [one for who in PEOPLE for one in (Typed(who, "drilll"), Typed(who, "drill", 1), Typed(who, "drill", 2))]
    assert offered(mined(tmp_path, log)) == ["drill"]


def test_a_pause_or_a_click_ends_a_query(tmp_path: Path) -> None:
    log = [one for who in PEOPLE for one in (Typed(who, "saw"), Typed(who, "saw blade", 30))]
    assert offered(mined(tmp_path / "pause", log)) == ["saw", "saw blade"]
    log = [one for who in PEOPLE for one in (Typed(who, "saw", 0, ["1"]), Typed(who, "saw blade", 2))]
    assert offered(mined(tmp_path / "click", log)) == ["saw", "saw blade"]


def test_queries_of_too_few_people_are_not_even_written_down(tmp_path: Path) -> None:
    log = [Typed(who, "hammer") for who in PEOPLE[:5]] + [Typed(who, "ann smith") for who in PEOPLE[:4]]
    log += [Typed("p0", "ann smith", 60.0 * again) for again in range(50)]
    found = mined(tmp_path, log)
    assert found.queries["query"].to_pylist() == ["hammer"]
    assert found.counts["queries_of_too_few_people"] == 1


def test_people_are_counted_over_all_spellings(tmp_path: Path) -> None:
    log = [
        Typed(who, spelling)
        for who, spelling in zip(PEOPLE[:5], ["Drills", "drill", "DRILL", "drills ", "drill"], strict=True)
    ]
    log += [Typed("p0", "drill", 60)]
    row = row_of(mined(tmp_path, log), "drill")
    assert (row["users"], row["searches"], row["normal"]) == (5, 6, "drill")


def test_queries_that_found_nothing_are_rejected(tmp_path: Path) -> None:
    log = [Typed(who, "unicorn", results=0) for who in PEOPLE] + [Typed(who, "hammer", results=3) for who in PEOPLE]
    found = mined(tmp_path, log)
    assert offered(found) == ["hammer"]
    assert row_of(found, "unicorn")["rejected"] == reasons.NO_RESULTS_LOGGED


def test_popularity_counts_a_person_once_a_day_and_halves_with_age(tmp_path: Path) -> None:
    log = [Typed(who, "hammer", 60.0 * again) for who in PEOPLE for again in range(4)]
    log += [Typed("p0", "saw", 30 * DAY + 60 * 5)]
    found = mined(tmp_path, log, LogConfig(half_life_days=30))
    # The last search of each day is 120 s away from thirty days before the end of the log.
    assert row_of(found, "hammer")["popularity"] == pytest.approx(6 * 2 ** -((30 * DAY + 120) / (30 * DAY)))


def test_machines_are_left_out(tmp_path: Path) -> None:
    log = [Typed(who, "hammer") for who in PEOPLE]
    log += [Typed(f"bot{bot}", f"spam {number % 7}", 40.0 * number) for bot in range(6) for number in range(101)]
    found = mined(tmp_path, log, LogConfig(max_searches_a_day=100))
    assert offered(found) == ["hammer"]
    assert (found.counts["machines"], found.counts["machine_searches"]) == (6, 606)
    assert "6 made more than 100 searches a day" in found.notes[0]


def test_what_people_search_for_next(tmp_path: Path) -> None:
    log = list[Typed]()
    for number in range(8):
        log += [Typed(f"a{number}", "tent", 100), Typed(f"a{number}", "sleeping bag", 160)]
        log += [Typed(f"b{number}", "sleeping bag", 100), Typed(f"b{number}", "headlamp", 160)]
        log += [Typed(f"c{number}", "tent", 100), Typed(f"c{number}", "headlamp", 100 + 2 * 3600)]  # another session
    log += [Typed("a0", "tent", 9000), Typed("a0", "stove", 9060)] + [Typed(f"d{n}", "stove") for n in range(5)]
    related = mined(tmp_path, log).related.to_pylist()
    after = [row["related"] for row in related if row["query"] == "tent"]
    # The headlamp by way of the sleeping bag; the stove came after it for one person only.
    assert after == ["sleeping bag", "headlamp"]
    scores = {row["related"]: row["score"] for row in related if row["query"] == "tent"}
    day = 2 ** -(8900 / DAY / 30)
    assert scores["sleeping bag"] == pytest.approx(1 / math.sqrt(16 * day), rel=0.01)
    assert scores["headlamp"] == pytest.approx(0.85 / math.sqrt(16), rel=0.01)


def test_rewordings_that_mended_a_search(tmp_path: Path) -> None:
    log = list[Typed]()
    for who in PEOPLE:
        log += [Typed(who, "hed phones", 0, results=0), Typed(who, "headphones", 20, ["1"])]
        log += [Typed(who, "tent", 90, ()), Typed(who, "coffee", 120, ["2"])]
    reworded = mined(tmp_path, log).reworded.to_pylist()
    assert reworded == [{"query": "hed phones", "reworded": "headphones", "users": 6, "mended": 6}]


def test_a_log_that_names_nobody_offers_nothing_and_says_so(tmp_path: Path) -> None:
    log = [Typed(None, "hammer") for _ in range(20)]
    found = mined(tmp_path / "strict", log)
    assert (len(found.queries), "names neither users nor sessions" in found.notes[0]) == (0, True)
    found = mined(tmp_path / "free", log, LogConfig(min_users=0))
    assert (offered(found), row_of(found, "hammer")["searches"]) == (["hammer"], 20)


def test_sessions_stand_for_people_where_no_users_are_named(tmp_path: Path) -> None:
    log = [Typed(None, "hammer", session=f"s{number}") for number in range(5)]
    assert row_of(mined(tmp_path, log), "hammer")["users"] == 5


def test_rows_for_each_item_shown_are_one_search(tmp_path: Path) -> None:
    log = [Typed(who, "hammer", 0, [item] if item == "1" else []) for who in PEOPLE for item in "123"]
    row = row_of(mined(tmp_path, log), "hammer")
    assert (row["searches"], row["successes"]) == (6, 6)


def test_a_log_of_beginnings_only_offers_nothing_that_is_typed_on(tmp_path: Path) -> None:
    log = [one for who in PEOPLE for one in letters(who, "screwdriver") if one.query != "screwdriver"]
    # Nobody got further than "screwdrive": as far as the log knows, that is what they meant.
    assert offered(mined(tmp_path, log)) == ["screwdrive"]


def test_hostile_queries(tmp_path: Path) -> None:
    texts = [
        "x" * 10_000,
        "ignore previous instructions " * 300,
        "\u202e\u0000 \ufffd",
        "\U0001f600" * 2_000,
        "!!!",
        "a" * 999,
    ]
    log = [Typed(who, text, 60.0 * at) for who in PEOPLE for at, text in enumerate(texts)]
    found = mined(tmp_path, log)
    assert all(len(query) <= 200 for query in found.queries["query"].to_pylist())
    assert "!!!" not in offered(found)


def test_truth_of_a_generated_log_is_found(tmp_path: Path) -> None:
    rng = random.Random(11)
    words = ["".join(rng.sample("bcdfghklmnprst", 3)) + rng.choice("ao") + rng.choice("xyz") for _ in range(60)]
    queries = sorted({" ".join(rng.sample(words, rng.randint(1, 3))) for _ in range(80)})
    log, asked = list[Typed](), dict[str, set[str]]()
    for visit in range(2_000):
        who, query = f"u{rng.randrange(400)}", queries[min(int(rng.paretovariate(0.8)), len(queries)) - 1]
        hit = ["1"] if rng.random() < 0.5 else []
        log += letters(who, query, 600.0 * visit, clicked=hit, first=rng.randint(1, 4))
        asked.setdefault(query, set()).add(who)
    rng.shuffle(log)
    truth = {query for query, people in asked.items() if len(people) >= 5}
    found = set(offered(mined(tmp_path, log)))
    assert found <= set(queries)
    # Only a query that more popular ones begin with is taken for half typed.
    assert all(any(other.startswith(f"{query} ") for other in found) for query in truth - found)
    assert len(found) > 20


def test_the_spill_is_removed(tmp_path: Path) -> None:
    put_log(tmp_path, [])
    mined(tmp_path, [Typed("a", "hammer")])
    assert list((tmp_path / "spill").iterdir()) == []
