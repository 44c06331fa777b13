"""The interaction half of the audit, from files to figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from interactions_helpers import (
    Event,
    World,
    audited,
    by_hand,
    groups_of,
    random_world,
    values,
    write_csv,
    write_logs,
)
from numpy.typing import NDArray

from tilth.audit import GROUPS, AuditConfig, KindsConfig, Part
from tilth.audit.definitions import interactions
from tilth.audit.interactions import NO_TIME, UserBucket
from tilth.audit.tables import SCHEMAS
from tilth.data import EventSource
from tilth.engine import Progress
from tilth.errors import DataError

HAND = World(
    items={"a": ("x", None), "b": ("x", None), "c": ("y", None), "d": ("y", None), "e": (None, None)},
    events=[
        Event("u1", "a", "click"),
        Event("u1", "a", "click"),
        Event("u1", "b", "view"),
        Event("u2", "a", "view"),
        Event("u2", "c", "click"),
        Event("u2", "gone", "click"),
        Event("u3", "a", "impression"),
        Event("u3", "d", "impression"),
        Event("u1", "c", "impression"),
    ],
)
"""Interactions: a 3, b 1, c 1, d 0, e 0; users u1 3, u2 3 (one on an unknown item)."""


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Part:
    return audited(HAND, tmp_path_factory.mktemp("hand"))[0]


class TestByHand:
    def test_measures(self, part: Part) -> None:
        found = values(part)
        assert found["items.cold_share"] == 0.4
        assert found["items.one_share"] == 0.4
        assert found["items.few_share"] == 0.2
        assert found["items.coverage"] == pytest.approx(0.6)
        assert found["items.gini"] == pytest.approx(2 * (3 + 4 + 15) / 25 - 6 / 5)
        assert found["items.head_share_20"] == 0.6
        assert found["users.median_events"] == 3
        assert found["matrix.density"] == 4 / 10
        # Seen are the exposures: u3 saw a and d, u1 saw c. Popularity 3, 0 and 1; the head is a alone.
        assert found["popularity.arp"] == pytest.approx((1.5 + 1) / 2)
        assert found["popularity.aplt"] == pytest.approx((0.5 + 1) / 2)
        assert found["popularity.aclt"] == 1
        # Only u1 both saw something (c) and likes something (a, clicked twice).
        assert found["popularity.seen_over_liked"] == pytest.approx(1 / 3)
        # Shown: x 1, y 2 of 3. Clicked: x 2, y 1 of 3.
        assert found["exposure.demand_gap"] == pytest.approx(1 / 3)
        assert found["exposure.item_gap"] == pytest.approx((1 / 3 + 0 + 1 / 3) / 2)
        assert found["newness.median_days_to_first"] is None

    def test_tables(self, part: Part) -> None:
        assert part.tables["items"].select(["item_id", "events", "users", "exposures", "band"]).to_pylist() == [
            {"item_id": "a", "events": 3, "users": 2, "exposures": 1, "band": "2-10"},
            {"item_id": "b", "events": 1, "users": 1, "exposures": 0, "band": "1"},
            {"item_id": "c", "events": 1, "users": 1, "exposures": 1, "band": "1"},
            {"item_id": "d", "events": 0, "users": 0, "exposures": 1, "band": "0"},
            {"item_id": "e", "events": 0, "users": 0, "exposures": 0, "band": "0"},
        ]
        assert part.tables["bands"]["items"].to_pylist() == [2, 2, 1, 0]
        assert part.tables["bands"]["events_share"].to_pylist() == [0, 0.4, 0.6, 0]
        assert part.tables["popularity"].to_pylist() == [
            {"low": 0, "high": 0, "items": 2, "events": 0},
            {"low": 1, "high": 1, "items": 2, "events": 2},
            {"low": 2, "high": 3, "items": 1, "events": 3},
        ]
        assert part.tables["activity"].to_pylist()[-1] == {"low": 2, "high": 3, "users": 2, "events": 6}
        columns = ("category", "items", "events", "events_share", "exposures", "users", "cold_items", "cold_share")
        assert [tuple(row[name] for name in columns) for row in part.tables["categories"].to_pylist()] == [
            ("x", 2, 4, 0.8, 1, 2, 0, 0),
            ("y", 2, 1, 0.2, 2, 1, 1, 0.5),
            ("(none)", 1, 0, 0, 0, 0, 1, 1),
        ]
        assert part.tables["windows"].num_rows == 0

    def test_every_table_is_as_declared(self, part: Part) -> None:
        assert all(table.schema == SCHEMAS[name] for name, table in part.tables.items())

    def test_cold_items_of_each_category(self, part: Part) -> None:
        assert values(part, "y") == {"items.cold_share": 0.5}

    def test_findings(self, part: Part) -> None:
        found = {one.name: one for one in part.findings}
        assert found["no_times"].count == 9
        assert (found["unknown_items"].count, found["unknown_items"].examples) == (1, ("gone",))
        assert found["no_category"].count == 1
        assert "few_users" in found
        assert "duplicate_events" not in found  # without a time nothing says that they are


CASES = {
    "exposures": random_world(1, AuditConfig(), ["impression", "view", "click", "dislike"]),
    "ratings": random_world(2, AuditConfig(), ["rating"], rated=True),
    "ratings from": random_world(3, AuditConfig(like_from=4, head_share=0.1), ["rating", "impression"], rated=True),
    "views": random_world(4, AuditConfig(), ["view"]),
    "own kinds": random_world(5, AuditConfig(kinds=KindsConfig(positive=("buy",))), ["buy", "view", "click"]),
}


@pytest.mark.parametrize("world", CASES.values(), ids=CASES)
def test_measures_are_what_their_definitions_say_and_so_is_each_replicate(world: World, tmp_path: Path) -> None:
    part, _ = audited(world, tmp_path)
    expected = by_hand(world)
    assert {name: value for name, value in values(part).items() if value is not None} == pytest.approx(expected)
    groups = groups_of(sorted({event.user for event in world.events}))
    replicates = {one.name: one.replicates for one in part.measures if not one.where and one.value is not None}
    for group in range(0, GROUPS, 5):
        left = by_hand(world.without(user for user, of in groups.items() if of == group))
        assert {name: found[group] for name, found in replicates.items()} == pytest.approx(left)


def test_the_way_the_log_is_cut_changes_nothing(tmp_path: Path) -> None:
    world = CASES["exposures"]
    whole, _ = audited(world, tmp_path)
    cut, _ = audited(world, tmp_path, source=write_logs(world.events, tmp_path / "logs", 7))
    assert cut.measures == whole.measures
    assert dict(cut.tables) == dict(whole.tables)
    assert [one for one in cut.findings if one.name != "unknown_items"] == [
        one for one in whole.findings if one.name != "unknown_items"
    ]


TIMED = World(
    items={
        "a": ("x", "2019-05-01"),
        "b": ("x", "2023-01-01"),  # after its first event
        "c": ("y", "2023-02-01"),
        "d": ("y", "2023-06-01"),
        "e": ("y", "2023-06-15"),
        "f": ("y", None),
    },
    events=[
        Event("u1", "a", ts="2022-01-10"),
        Event("u2", "b", ts="2022-01-11T12:00:00"),
        Event("u2", "b", ts="2022-01-11T12:00:00"),
        Event("u1", "c", ts="2023-02-11"),
        Event("u2", "c", ts="2023-02-21"),
        Event("u3", "d", ts="2023-06-21"),
        Event("u3", "f", ts="2023-06-25"),
        Event("u1", "f", ts="2023-12-01"),
        Event("u1", "gone", ts="2023-12-02"),
        Event("u1", "f"),
        Event("u1", "f", ts="2031-01-01"),
        Event("u1", "f", ts="1970-01-01"),
        Event("u9", "a", "impression", ts="2023-12-11"),
    ],
    config=AuditConfig(first_k=2, window="month"),
)
"""Two years of months; c and d come up while the log runs, e never is seen, f was never dated."""


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Part:
    return audited(TIMED, tmp_path_factory.mktemp("time"))[0]


class TestTime:
    def test_windows(self, timed: Part) -> None:
        rows = {str(row["start"].date())[:7]: row for row in timed.tables["windows"].to_pylist()}
        assert next(iter(rows)) == "2022-01"
        assert list(rows)[-1] == "2023-12"
        assert len(rows) == 24
        first, february, june, last = (rows[name] for name in ("2022-01", "2023-02", "2023-06", "2023-12"))
        assert (first["events"], first["users"], first["items"], first["new_items"]) == (3, 2, 2, 0)
        # There are a, b and the undated f, which nobody has touched.
        assert first["cold_share"] == pytest.approx(1 / 3)
        assert (february["items"], february["new_items"], february["cold_share"]) == (1, 1, 0.25)
        assert (june["users"], june["items"], june["new_items"]) == (1, 2, 3)
        assert june["cold_share"] == pytest.approx(1 / 6)
        assert (last["events"], last["items"]) == (2, 1)
        assert [name for name, row in rows.items() if row["partial"]] == ["2022-01", "2023-12"]
        assert june["gini"] == pytest.approx(4 / 6)  # two of six items have one each
        assert june["head_share"] == 1

    def test_heat(self, timed: Part) -> None:
        rows = [row for row in timed.tables["heat"].to_pylist() if row["events"]]
        assert [(row["category"], str(row["start"].date()), row["events"], row["share"]) for row in rows] == [
            ("y", "2023-02-01", 2, 1),
            ("y", "2023-06-01", 2, 1),
            ("y", "2023-12-01", 1, 1),
            ("x", "2022-01-01", 3, 1),
        ]

    def test_new_items(self, timed: Part) -> None:
        found = values(timed)
        # c waited 10 days, d 20, e has not been seen: half are there by day 20.
        assert found["newness.median_days_to_first"] == 20
        # The second: c after 20 days, f after 159 from its first; d and e are still at one and none.
        assert found["newness.median_days_to_k"] == pytest.approx(159)
        assert found["newness.reached_k_share"] == 0.5
        rows = {str(row["start"].date())[:7]: row for row in timed.tables["newness"].to_pylist()}
        assert {name: row["items"] for name, row in rows.items() if row["items"]} == {"2023-02": 1, "2023-06": 3}
        assert rows["2023-02"]["median_days_to_k"] == 20
        june = rows["2023-06"]
        assert (june["with_any"], june["reached_k"], june["median_days_to_first"]) == (2, 1, 20)

    def test_findings(self, timed: Part) -> None:
        found = {one.name: one.count for one in timed.findings}
        assert found["future_times"] == 1
        assert found["unset_clock"] == 1
        assert found["untimed"] == 1
        assert found["before_created"] == 2
        assert found["duplicate_events"] == 1

    def test_item_times(self, timed: Part) -> None:
        f = timed.tables["items"].to_pylist()[5]
        assert str(f["first_ts"].date()) == "2023-06-25"
        assert str(f["last_ts"].date()) == "2023-12-01"
        assert f["created_at"] is None
        assert f["events"] == 5


def names(part: Part) -> set[str]:
    return {one.name for one in part.findings}


class TestBadInput:
    def test_no_events(self, tmp_path: Path) -> None:
        part, found = audited(World(HAND.items, []), tmp_path)
        assert "no_events" in names(part)
        assert values(part)["items.cold_share"] == 1
        assert values(part)["items.gini"] is None
        assert values(part)["users.median_events"] is None
        assert found.counts["events"] == 0

    def test_no_items(self, tmp_path: Path) -> None:
        part, _ = audited(World({}, HAND.events), tmp_path)
        assert {"no_items", "unknown_items"} <= names(part)
        assert values(part)["items.gini"] is None
        assert values(part)["users.median_events"] == 3
        assert part.tables["items"].num_rows == 0

    def test_one_item_and_one_user(self, tmp_path: Path) -> None:
        part, _ = audited(World({"a": (None, None)}, [Event("u", "a", ts="2024-01-01")]), tmp_path)
        assert {"single_user", "one_kind", "no_categories"} <= names(part)
        assert values(part)["items.gini"] == 0
        assert values(part)["matrix.density"] == 1
        (gini,) = (one for one in part.measures if one.name == "items.gini")
        assert gini.replicates == ()  # without its one group nothing is left

    def test_nothing_known(self, tmp_path: Path) -> None:
        part, found = audited(World({"a": ("x", None)}, [Event("u", "z"), Event("v", "y")]), tmp_path)
        assert {"unknown_items", "idle_categories"} <= names(part)
        assert values(part)["popularity.arp"] is None
        assert (found.counts["users"], found.counts["pairs"]) == (2, 0)

    def test_a_giant_user(self, tmp_path: Path) -> None:
        bot = [Event("bot", f"i{n % 5}") for n in range(1500)]
        people = [Event(f"u{n}", "i1") for n in range(500)]
        part, _ = audited(World({f"i{n}": ("x", None) for n in range(6)}, people + bot), tmp_path)
        (giant,) = (one for one in part.findings if one.name == "giant_user")
        assert (giant.count, giant.total, giant.examples) == (1500, 2000, ("bot",))

    def test_mixed_time_zones(self, tmp_path: Path) -> None:
        events = [Event("u", "a", ts="2024-01-01T00:00:00+02:00"), Event("v", "a", ts="2024-01-02T00:00:00")]
        part, _ = audited(World({"a": ("x", None)}, events), tmp_path)
        assert "mixed_time_zones" in names(part)

    def test_many_kinds(self, tmp_path: Path) -> None:
        kinds = [*(f"kind {n}" for n in range(1200)), "impression"]
        world = World({"a": ("x", None)}, [Event("u", "a", kind) for kind in kinds])
        part, found = audited(world, tmp_path)
        (many,) = (one for one in part.findings if one.name == "many_kinds")
        assert len(found.kinds) == 127
        assert "impression" in found.kinds  # it has a role, so it is told apart however rare it is
        assert many.count == 1201 - 126
        assert found.counts["exposures"] == 1

    def test_rows_that_cannot_be_used(self, tmp_path: Path) -> None:
        world = World({"a": ("x", None)}, [*[Event("u", "a")] * 30, Event("", "a"), Event("u", "a", ts="soon")])
        part, found = audited(world, tmp_path)
        bad = [one for one in part.findings if one.name == "unusable_rows"]
        assert sorted((one.count, one.effect) for one in bad) == [(1, "counted without this value"), (1, "left out")]
        assert found.counts["events"] == 31

    def test_too_many_bad_rows_are_refused_and_nothing_is_left_behind(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="is empty"):
            audited(World({"a": ("x", None)}, [Event("u", "a"), Event("", "a")]), tmp_path)
        assert list((tmp_path / "spill").iterdir()) == []

    def test_too_many_windows(self, tmp_path: Path) -> None:
        events = [Event("u", "a", ts="1990-01-01"), Event("v", "a", ts="2024-01-01")]
        part, _ = audited(World({"a": ("x", None)}, events, AuditConfig(window="day")), tmp_path)
        assert "too_many_windows" in names(part)
        assert part.tables["windows"].num_rows == 400
        assert sum(part.tables["windows"]["events"].to_pylist()) == 1


@dataclass(frozen=True)
class Whole:
    """Gives the buckets back whole."""

    name: str = "whole"

    def __call__(self, bucket: UserBucket) -> Mapping[str, NDArray[Any]]:
        order = np.lexsort((bucket.ts, bucket.item, bucket.user))
        assert order.tolist() == list(range(len(bucket)))
        columns = {name: getattr(bucket, name) for name in ("user", "item", "kind", "ts", "value")}
        return {**columns, "group": np.array(bucket.group)}


def test_reducers_get_every_event_of_a_user_in_one_bucket(tmp_path: Path) -> None:
    world = CASES["ratings from"]
    _, found = audited(world, tmp_path, reducers=(Whole(),))
    buckets = found.reduced["whole"]
    rows = sorted(
        (int(bucket["item"][at]), found.kinds[bucket["kind"][at]], float(bucket["value"][at]))
        for bucket in buckets
        for at in range(len(bucket["user"]))
    )
    place = {item: at for at, item in enumerate(world.items)}
    assert rows == sorted((place.get(event.item, -1), event.kind, event.value) for event in world.events)
    users = sum(len(np.unique(bucket["user"])) for bucket in buckets)
    assert users == len({event.user for event in world.events})
    groups = set(groups_of([event.user for event in world.events]).values())
    assert {int(bucket["group"]) for bucket in buckets} == groups
    assert all((bucket["ts"] == NO_TIME).all() for bucket in buckets)


def test_progress_tells_of_both_passes(tmp_path: Path) -> None:
    told: list[Progress] = []
    audited(HAND, tmp_path, on_progress=told.append)
    assert told[-1].counts == {"events_read": 9, "events_grouped": 9}


def test_what_the_other_parts_are_given(tmp_path: Path) -> None:
    _, found = audited(HAND, tmp_path)
    assert found.events.tolist() == [3, 1, 1, 0, 0]
    assert found.users.tolist() == [2, 1, 1, 0, 0]
    assert found.exposures.tolist() == [1, 0, 1, 1, 0]
    assert found.first_ts.tolist() == [NO_TIME] * 5
    assert found.kinds == ("click", "impression", "view")
    assert found.counts == {
        "events": 9,
        "interactions": 6,
        "exposures": 3,
        "users": 2,
        "pairs": 4,
        "items": 5,
        "known_items": 4,
    }


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    write_csv([], tmp_path / "other.csv")
    with pytest.raises(DataError):
        audited(HAND, tmp_path, source=EventSource(path="events.csv", user_id="user", item_id="item"))


def test_every_measure_is_defined(part: Part, timed: Part) -> None:
    measured = {one.name for one in (*part.measures, *timed.measures)}
    assert measured == {one.name for one in interactions.DEFINITIONS}
