"""Rejects: counting, refusing, writing."""

import csv

import pytest
from data_helpers import brief

from tilth.data import Rejects
from tilth.errors import DataError


def rejects_of(*rows: int, path: str = "a.csv") -> Rejects:
    rejects = Rejects()
    for row in rows:
        rejects.add(path, row, "c", f"bad {row}", "v")
    return rejects


def test_long_values_are_cut_and_null_is_empty():
    rejects = Rejects()
    rejects.add_many("a.csv", [2, 3], "c", "bad", ["x" * 1000, None])
    assert [len(reject.value) for reject in rejects.rows] == [200, 0]
    assert brief(rejects) == [(2, "c", "bad"), (3, "c", "bad")]


def test_counts_are_of_rows_by_file():
    rejects = rejects_of(2, 3, 3)
    rejects.add("b.csv", 2, "", "bad")
    assert len(rejects) == 4
    assert rejects.counts() == {"a.csv": 2, "b.csv": 1}
    assert [reject.row for reject in rejects.of("b.csv")] == [2]


def test_refuses_above_the_limit_and_not_at_it():
    rejects = rejects_of(5, 3)
    rejects.refuse_if_many("a.csv", 20, 0.1)
    rejects.refuse_if_many("b.csv", 2, 0.0)
    with pytest.raises(DataError, match=r"a\.csv, row 3, column 'c': bad 3; 2 of 19 rows cannot be used") as caught:
        rejects.refuse_if_many("a.csv", 19, 0.1)
    assert "tilth check" in str(caught.value)


def test_a_file_without_one_usable_row_is_refused_at_any_limit():
    with pytest.raises(DataError, match="2 of 2 rows"):
        rejects_of(2, 3).refuse_if_many("a.csv", 2, 1.0)


def test_rejects_from_before_do_not_count():
    rejects = rejects_of(2, 3, 4)
    rejects.refuse_if_many("a.csv", 10, 0.1, since=2)
    with pytest.raises(DataError, match=r"row 3.*2 of 10"):
        rejects.refuse_if_many("a.csv", 10, 0.1, since=1)


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\n=1"])
def test_nothing_written_is_a_formula(tmp_path, value):
    rejects = Rejects()
    rejects.add(value, 2, value, value, value)
    rejects.write(tmp_path / "new" / "rejects.csv")
    with (tmp_path / "new" / "rejects.csv").open(newline="", encoding="utf-8") as file:
        header, row = csv.reader(file)
    assert header == ["file", "row", "column", "reason", "value"]
    assert row == [f"'{value}", "2", f"'{value}", f"'{value}", f"'{value}"]


def test_written_as_it_was_otherwise(tmp_path):
    rejects = Rejects()
    rejects.add("a.csv", 2, "c", 'odd "quote", comma', "line\nbreak\udcff\x00 é")
    rejects.write(tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(newline="", encoding="utf-8") as file:
        _, row = csv.reader(file)
    assert row == ["a.csv", "2", "c", 'odd "quote", comma', "line\nbreak\\udcff\x00 é"]


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "r.csv").mkdir()
    with pytest.raises(DataError, match=r"r\.csv: cannot be written"):
        rejects_of(2).write(tmp_path / "r.csv")
