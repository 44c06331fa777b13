"""From text to typed columns."""

import numpy as np
import pyarrow as pa
import pytest
from data_helpers import brief
from hypothesis import given
from hypothesis import strategies as st

from tilth.data import Rejects
from tilth.data.batch import Batch
from tilth.data.columns import Columns


def columns_of(*texts: str | None) -> Columns:
    rows = np.arange(2, 2 + len(texts))
    return Columns("a.csv", Batch(pa.table({"x": pa.array(texts, pa.string())}), rows), Rejects())


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), (" -1.5 ", -1.5), ("+.5", 0.5), ("2.", 2.0), ("1e-3", 0.001), ("", None), (None, None), ("  ", None)],
)
def test_numbers(text, number):
    columns = columns_of(text)
    assert columns.number("x").to_pylist() == [number]
    assert columns.usable.all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abc", "is not a number"),
        ("1,5", "is not a number"),
        ("1_000", "is not a number"),
        ("0x10", "is not a number"),
        ("٣", "is not a number"),
        ("1 2", "is not a number"),
        ("NaN", "is NaN or infinite, not a number that can be used"),
        ("-Infinity", "is NaN or infinite, not a number that can be used"),
        ("1e999", "is NaN or infinite, not a number that can be used"),
        ("9" * 400, "is NaN or infinite, not a number that can be used"),
    ],
)
def test_text_that_is_no_number_rejects_its_row(text, reason):
    columns = columns_of("1", text)
    columns.number("x")
    assert brief(columns.rejects) == [(3, "x", reason)]
    assert columns.usable.tolist() == [True, False]


@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])), st.floats().map(str))))
def test_any_text_is_a_number_empty_or_rejected(texts):
    columns = columns_of(*texts)
    values = columns.number("x", optional=False).to_pylist()
    assert [value is not None for value in values] == columns.usable.tolist()
    assert len(columns.rejects) + columns.usable.sum() == len(texts)
    assert all(np.isfinite(value) for value in values if value is not None)
    columns_of(*texts).integer("x")


def test_ranges_include_their_ends():
    columns = columns_of("-0.1", "0", "1", "1.1")
    columns.number("x", low=0.0, high=1.0)
    assert brief(columns.rejects) == [(2, "x", "is not between 0 and 1"), (5, "x", "is not between 0 and 1")]
    columns = columns_of("-1", "0")
    columns.number("x", low=0.0)
    assert brief(columns.rejects) == [(2, "x", "is below 0")]


def test_what_is_to_be_ignored_is_null_and_not_looked_at():
    columns = columns_of("0.5", "rubbish", "7", "0.25")
    values = columns.number("x", low=0.0, high=1.0, ignore=np.array([False, True, True, True]))
    assert values.to_pylist() == [0.5, None, None, None]
    assert columns.usable.all()


def test_integers():
    columns = columns_of("3", "4.0", "", "1.5", "-1", "1e300", "9007199254740992")
    assert columns.integer("x").to_pylist()[:3] == [3, 4, None]
    assert sorted(row for row, _, _ in brief(columns.rejects)) == [5, 6, 7, 8]
    assert columns.integer(None).to_pylist() == [None] * 7


def test_lists_of_text():
    assert columns_of("a| b |", "", None, "|").strings("x").to_pylist() == [["a", "b"], [], [], []]
    assert columns_of("a").strings(None).to_pylist() == [None]


def test_ids_lose_surrounding_space_and_must_be_there():
    columns = columns_of(" u1\u00a0", "  ", None)
    assert columns.identifier("x", "the user").to_pylist()[0] == "u1"
    assert brief(columns.rejects) == [(3, "x", "the user is empty"), (4, "x", "the user is empty")]


def test_a_row_is_rejected_once():
    columns = columns_of("", "y")
    columns.identifier("x")
    columns.number("x", optional=False)
    assert [row for row, _, _ in brief(columns.rejects)] == [2, 3]
