"""The pieces of the audit of interactions, each by itself."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interactions_helpers import Event, World, audited

from tilth.audit import AuditConfig, KindsConfig
from tilth.audit.categories import NONE, OTHER, categories_of
from tilth.audit.interactions.activity import median_level
from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.coding import SPILL_SCHEMA
from tilth.audit.interactions.earliest import Earliest
from tilth.audit.interactions.gather import gather
from tilth.audit.interactions.newness import Births, Watch
from tilth.audit.interactions.roles import MOST_KINDS, OTHER_KINDS, global_kinds, recode
from tilth.audit.interactions.sparse import SparseCounts
from tilth.audit.interactions.survey import MOST_TASKS, survey_tasks
from tilth.audit.interactions.tail import long_tail
from tilth.audit.interactions.timeline import distinct_users
from tilth.audit.interactions.whole import measured, without_each
from tilth.audit.interactions.windows import DAY_US
from tilth.audit.wire import pack_arrays, unpack_arrays
from tilth.records import Entities


def test_arrays_come_back_as_they_were() -> None:
    arrays = {
        "numbers": np.arange(6, dtype=np.int32).reshape(2, 3),
        "one": np.array(7),
        "none": np.zeros((0, 4)),
        "flags": np.array([True, False]),
        "turned": np.arange(6.0).reshape(2, 3).T,
    }
    found = unpack_arrays(pack_arrays(arrays))
    assert {name: (one.dtype, one.tolist()) for name, one in found.items()} == {
        name: (one.dtype, one.tolist()) for name, one in arrays.items()
    }
    assert found["none"].shape == (0, 4)
    assert unpack_arrays(pack_arrays({})) == {}


@given(st.lists(st.lists(st.integers(0, 9), max_size=20), max_size=5))
def test_sparse_counts_are_counts(batches: list[list[int]]) -> None:
    counts = SparseCounts()
    for batch in batches:
        counts.add(np.array(batch, np.int64))
        counts.sums()
    counts.add_counts(np.array([3, 11]), np.array([2, 5]))
    keys, found = counts.sums()
    expected = Counter([key for batch in batches for key in batch]) + Counter({3: 2, 11: 5})
    assert dict(zip(keys.tolist(), found.tolist(), strict=True)) == expected
    assert keys.tolist() == sorted(expected)


def items_in(*categories: str | None) -> Entities:
    ids = [str(n) for n in range(len(categories))]
    return Entities("item", pa.table({"id": ids, "title": ids, "text": ids, "category": list(categories)}))


class TestCategories:
    def test_the_largest_come_first_then_the_rest_then_those_without(self) -> None:
        found = categories_of(items_in("b", "a", "b", None, "c", " ", "a", "b", "d"), most=2)
        assert found.names == ("b", "a", OTHER, NONE)
        assert found.of_item.tolist() == [0, 1, 0, 3, 2, 3, 1, 0, 2]
        assert found.distinct == 4

    def test_a_path_is_cut_at_a_level(self) -> None:
        items = items_in("a > b > c", "a > b > d", "a", "")
        assert categories_of(items, level=2).text.to_pylist() == ["a > b", "a > b", "a", ""]
        assert categories_of(items, level=1).names == ("a", NONE)

    def test_none_at_all(self) -> None:
        plain = Entities("item", items_in("a", "b").table.drop_columns(["category"]))
        for found in (categories_of(plain), categories_of(items_in(None, None))):
            assert found.names == (NONE,)
            assert not found.known
        assert categories_of(items_in()).names == ()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.sampled_from([0.01, 0.2, 0.5, 0.99]))
def test_the_head_is_the_first_of_a_stable_order(popularity: list[int], share: float) -> None:
    counts = np.array(popularity)
    tail = long_tail(counts, share)
    ranked = np.argsort(-counts, kind="stable")
    head = ranked[: int(np.ceil(share * len(counts)))]
    assert sorted(np.flatnonzero(~tail).tolist()) == sorted(head.tolist())


ROWS = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(-1, 2), st.integers(0, 1), st.sampled_from([NO_TIME, 5, 6]), st.booleans()
    ),
    max_size=40,
)


@settings(deadline=None)
@given(ROWS, st.integers(0, 40))
def test_a_bucket_is_sorted_and_knows_its_duplicates(rows: list[tuple[int, int, int, int, bool]], cut: int) -> None:
    def table(part: list[tuple[int, int, int, int, bool]]) -> pa.Table:
        events = [
            (user * 7 + 1, item, kind, ts, 1.5 if valued else float("nan")) for user, item, kind, ts, valued in part
        ]
        columns = [list(column) for column in zip(*events, strict=True)] or [[]] * 5
        return pa.table(
            [pa.array(column, kind) for column, kind in zip(columns, SPILL_SCHEMA.types, strict=True)], SPILL_SCHEMA
        )

    codes = [np.array([1, 0], np.int8)] * 2
    found = gather([table(rows[:cut]), table(rows[cut:])], codes, kinds=("x", "y"), group=3, items=3)
    bucket = found.bucket
    names = sorted({row[0] for row in rows})
    there = sorted((names.index(user), item, ts, 1 - kind, valued) for user, item, kind, ts, valued in rows)
    columns = (bucket.user, bucket.item, bucket.ts, bucket.kind, ~np.isnan(bucket.value))
    assert sorted(zip(*(column.tolist() for column in columns), strict=True)) == there
    assert [row[:3] for row in zip(*(column.tolist() for column in columns), strict=True)] == [row[:3] for row in there]
    assert found.users.tolist() == [name * 7 + 1 for name in names]
    once = {row for row in rows if row[1] >= 0 and row[3] != NO_TIME}
    assert found.duplicates == sum(row in once for row in rows) - len(once)


def test_kinds_with_a_role_are_always_told_apart() -> None:
    events = {"impression": 1, **{f"k{n:03}": 1000 - n for n in range(200)}}
    kinds = global_kinds(events, KindsConfig())
    assert len(kinds) == MOST_KINDS + 1
    assert "impression" in kinds
    assert kinds[-1] == OTHER_KINDS
    assert recode(("k199", "impression"), kinds).tolist() == [MOST_KINDS, kinds.index("impression")]
    assert global_kinds({"b": 1, "a": 9}, KindsConfig()) == ("a", "b")


def test_many_pieces_are_runs_of_work() -> None:
    assert survey_tasks(3).to_pydict() == {"task": [0, 1, 2], "first": [0, 1, 2], "stop": [1, 2, 3]}
    many = survey_tasks(100_000)
    assert many.num_rows == MOST_TASKS
    assert many["first"].to_pylist()[1:] == many["stop"].to_pylist()[:-1]
    assert many["stop"].to_pylist()[-1] == 100_000


def test_distinct_users_are_counted_in_steps() -> None:
    user, place = np.array([0, 0, 0, 1, 2, 2, 3]), np.array([2, 2, 3, 2, 0, 2, 3])
    for cells in (1, 4, 8, 12, 100):
        assert distinct_users(user, place, 4, 4, cells=cells).tolist() == [1, 0, 3, 2]


def test_medians_of_counted_levels() -> None:
    levels = np.array([1, 3, 8])
    assert median_level(levels, np.array([1.0, 1, 0])) == 2
    assert median_level(levels, np.array([1.0, 3, 1])) == 3
    assert np.isnan(median_level(levels, np.zeros(3)))


def test_sums_without_each_group() -> None:
    assert without_each(np.array([[1, 10], [2, 20], [4, 40]])).tolist() == [[7, 70], [6, 60], [5, 50], [3, 30]]


def test_a_measure_without_a_value_and_one_without_replicates() -> None:
    assert measured("x", [float("nan"), 1.0], 3).value is None
    assert measured("x", [1.0, float("nan")], 3).replicates == ()
    assert measured("x", [1.0, 2.0], 3).replicates == (2.0,)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_waits_without_a_group_are_those_of_a_log_without_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, end, n = 2, 100 * DAY_US, 30
    item, ts, group = rng.integers(0, 4, n).astype(np.int32), rng.integers(10, 90, n) * DAY_US, rng.integers(0, 6, n)
    births = Births(
        np.full(5, 5 * DAY_US), np.array([True, False, True, True, True]), np.array([True] * 3 + [False, True])
    )
    new = births.new[item]
    early = Earliest(2 * k)
    for one in range(6):
        chosen = new & (group == one)
        early.add(item[chosen], ts[chosen], one)
    early.settle()
    watch = Watch(births, early, k, end)
    for without in (None, 0, 5):
        waits = watch.waits(without)
        assert waits.item.tolist() == [0, 1, 2, 4]
        for row, at in enumerate(waits.item.tolist()):
            times = np.sort(ts[(item == at) & (group != (-1 if without is None else without))])
            first = times[0] if len(times) else end
            kth = times[k - 1] if len(times) >= k else end
            held = np.sort(ts[item == at])[: 2 * k]
            full = len(held) == 2 * k
            assert waits.any[row] == (len(times) > 0 or full)
            assert waits.reached[row] == (len(times) >= k or full)
            if waits.to_k[row] * DAY_US + 5 * DAY_US != kth:  # more than half of the first 2k are of that group
                assert full
                assert len(times) < k or waits.to_k[row] <= (kth - 5 * DAY_US) / DAY_US
            elif len(times):
                assert waits.to_first[row] == pytest.approx((first - 5 * DAY_US) / DAY_US)


@pytest.mark.slow
def test_with_very_many_items_windows_go_without_what_needs_each(tmp_path: Path) -> None:
    world = World(
        {f"i{n}": (None, None) for n in range(260_000)},
        [Event("u", "i0", ts="2022-01-01"), Event("v", "i1", ts="2023-06-01")],
        AuditConfig(window="day"),
    )
    part, _ = audited(world, tmp_path)
    assert "too_many_for_windows" in {one.name for one in part.findings}
    windows = part.tables["windows"]
    assert windows["gini"].null_count == windows["items"].null_count == windows.num_rows == 400
    assert windows["cold_share"].null_count == 0
