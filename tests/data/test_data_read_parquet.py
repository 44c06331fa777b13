"""Parquet: the types a column may have, and what becomes of them."""

import datetime
import decimal

import numpy as np
import pyarrow as pa
import pytest
from data_helpers import brief, put, put_parquet, read
from pyarrow import parquet

from tilth.errors import DataError


def test_int_valued_floats_are_ids_without_a_point(tmp_path):
    path = put_parquet(tmp_path, a=[12.0, float("nan"), None, -3.0], b=pa.array([1, 2, None, 4]))
    assert read(path, "a", "b")[0] == [(1, "12", "1"), (2, None, "2"), (3, None, None), (4, "-3", "4")]


def test_a_float_that_is_no_id_keeps_its_fraction_and_its_nan(tmp_path):
    path = put_parquet(tmp_path, a=pa.array([1.5, 2.0, float("nan"), float("inf")], pa.float32()))
    assert read(path, "a", ids=())[0] == [(1, "1.5"), (2, "2"), (3, "nan"), (4, "inf")]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array(["x"], pa.large_string()), "x"),
        (pa.array(["x"], pa.string_view()), "x"),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array([b"x"]), "x"),
        (pa.array([7], pa.uint8()), "7"),
        (pa.array([1.5], pa.float16()), "1.5"),
        (pa.array([decimal.Decimal("1.50")]), "1.50"),
        (pa.array([datetime.date(2024, 2, 29)]), "2024-02-29"),
        (pa.array([True]), "true"),
        (pa.nulls(1), None),
        (pa.array([["x", None, "y"]]), "x|y"),
        (pa.array([["x", "y"]], pa.large_list(pa.string())), "x|y"),
        (pa.array([[1.0, 2.5]], pa.list_(pa.float64(), 2)), "1|2.5"),
        (pa.array([["x"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))), "x"),
    ],
)
def test_types_that_become_text(tmp_path, column, text):
    assert read(put_parquet(tmp_path, a=column), "a", ids=())[0] == [(1, text)]


def test_lists_empty_and_null(tmp_path):
    lists = pa.array([[], None, ["x"], [None], ["y", "z"]])
    found = read(put_parquet(tmp_path, a=lists), "a", ids=())[0]
    assert [value for _, value in found] == ["", None, "x", "", "y|z"]


@pytest.mark.parametrize(
    ("column", "is_id"),
    [
        (pa.array([{"x": 1}]), False),
        (pa.array([[{"x": 1}]]), False),
        (pa.array([[["x"]]]), False),
        (pa.array([["x"]]), True),
        (pa.array([True]), True),
    ],
)
def test_types_that_are_refused_by_name(tmp_path, column, is_id):
    path = put_parquet(tmp_path, a=column)
    with pytest.raises(DataError, match=r"column 'a': holds .* is needed"):
        read(path, "a", ids=("a",) if is_id else ())


def test_text_that_is_not_utf8_and_null_bytes(tmp_path):
    broken = pa.StringArray.from_buffers(3, pa.py_buffer(np.array([0, 1, 2, 3], np.int32)), pa.py_buffer(b"a\xffc"))
    path = put_parquet(tmp_path, a=broken, b=pa.array([b"x", b"y", b"\x00"]))
    found, rejects = read(path, "a", "b")
    assert found == [(1, "a", "x")]
    assert brief(rejects) == [(2, "a", "is not UTF-8"), (3, "b", "holds a null byte")]
    assert rejects.rows[0].value == "\\xff"


def test_rows_count_on_over_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("tilth.data.from_parquet.BATCH_ROWS", 4)
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": list(range(10))}), path, row_group_size=3)
    assert read(str(path), "a")[0] == [(row, str(row - 1)) for row in range(1, 11)]


def test_files_that_cannot_be_used(tmp_path):
    for content in (b"", b"PAR1", b"PAR1xxxxPAR1", b"a,b\n1,2\n"):
        with pytest.raises(DataError, match="cannot be read as Parquet") as caught:
            read(put(tmp_path, "a.parquet", content), "a")
        assert "hint: is it a whole file" in str(caught.value)
    with pytest.raises(DataError, match="has no rows"):
        read(put_parquet(tmp_path, a=pa.array([], pa.string())), "a")
    with pytest.raises(DataError, match="column 'z': no such column"):
        read(put_parquet(tmp_path, a=["x"]), "z")
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    parquet.write_table(twice, tmp_path / "twice.parquet")
    with pytest.raises(DataError, match="column 'a': the column stands there twice"):
        read(str(tmp_path / "twice.parquet"), "a")


def test_a_column_with_a_dot_in_its_name(tmp_path):
    path = put_parquet(tmp_path, **{"a.b": ["x"], "a": [{"b": "y"}]})
    assert read(path, "a.b")[0] == [(1, "x")]
