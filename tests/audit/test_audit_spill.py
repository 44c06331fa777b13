"""Dealing rows into slices and reading them back."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit.result import GROUPS
from tilth.audit.spill import SLICES, SLICES_A_GROUP, Dealer, group_of, read_slices, runs_of_slices, slice_of

SCHEMA = pa.schema([("x", pa.int64()), ("name", pa.string())])


def table(*numbers: int) -> pa.Table:
    return pa.table({"x": list(numbers), "name": [f"n{x}" for x in numbers]}, schema=SCHEMA)


def read(path: Path, first: int, stop: int) -> list[int]:
    return [x for one in read_slices([path], first, stop) for x in one["x"].to_pylist()]


def test_slices_come_back_from_all_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    with Dealer(path, SCHEMA) as dealer:
        dealer.deal(table(1, 2, 3, 4), np.array([5, 0, 5, SLICES - 1], np.uint16))
        dealer.deal(table(), np.array([], np.uint16))
        dealer.deal(table(5, 6), np.array([5, 1], np.uint16))
    assert read(path, 5, 6) == [1, 3, 5]
    assert read(path, 0, 2) == [2, 6]
    assert read(path, SLICES - 1, SLICES) == [4]
    assert read(path, 6, 9) == []
    assert read_slices([path], 5, 6)[0]["name"].to_pylist() == ["n1", "n3", "n5"]
    assert dealer.rows[[0, 1, 5, SLICES - 1]].tolist() == [1, 1, 3, 1]


def test_a_file_that_failed_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(pa.ArrowInvalid), Dealer(tmp_path / "a.arrow", SCHEMA) as dealer:
        dealer.deal(pa.table({"x": ["no number"], "name": ["a"]}), np.array([5], np.uint16))
    assert list(tmp_path.iterdir()) == []


def test_work_done_again_replaces_the_file(tmp_path: Path) -> None:
    for number in (1, 2):
        with Dealer(tmp_path / "a.arrow", SCHEMA) as dealer:
            dealer.deal(table(number), np.array([0], np.uint16))
    assert read(tmp_path / "a.arrow", 0, 1) == [2]


def test_groups_and_slices_are_shares_of_the_range() -> None:
    hashes = np.array([0, 2**64 - 1, 2**63, 2**59, 2**59 - 1], np.uint64)
    assert slice_of(hashes).tolist() == [0, SLICES - 1, SLICES // 2, SLICES_A_GROUP, SLICES_A_GROUP - 1]
    assert group_of(hashes).tolist() == [0, GROUPS - 1, GROUPS // 2, 1, 0]


@given(st.lists(st.integers(0, 50), min_size=SLICES, max_size=SLICES), st.integers(1, 400))
def test_runs_hold_every_row_once_and_stay_within_a_group(counts: list[int], most: int) -> None:
    rows = np.array(counts)
    runs = runs_of_slices(rows, most)
    assert sum(int(rows[first:stop].sum()) for first, stop in runs) == rows.sum()
    for first, stop in runs:
        assert first // SLICES_A_GROUP == (stop - 1) // SLICES_A_GROUP
        assert rows[first:stop].sum() <= most or (rows[first:stop] > 0).sum() == 1
