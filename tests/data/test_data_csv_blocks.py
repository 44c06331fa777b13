"""The fast reader of CSV logs gives what the careful one gives, wherever blocks end."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from data_helpers import brief, put, read
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.csv_blocks import CsvLog
from tilth.data.behavior.wanted import Wanted
from tilth.errors import DataError

PIECES = st.sampled_from(
    [
        b"u",
        b"1",
        b" ",
        b",",
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b'"',
        b'""',
        b',"x",',
        b'"a\nb"',
        b"\xff",
        b"\x00",
        "é".encode(),
    ]
)


def fast(path: str, block_bytes: int, *columns: str):
    """Records as (row, value, ...), and (row, column, reason) of those that are none."""
    bad = BadCollector(path)
    found, wrong = [], []
    for batch in CsvLog(path, ",", Wanted(columns[:1], lists=columns[1:]), bad, block_bytes):
        values = [[value or None for value in batch.columns[name].to_pylist()] for name in columns]
        found += zip(batch.rows.tolist(), *values, strict=True)
        wrong += bad.take()
    wrong += bad.take()
    assert all(rows.count >= len(rows.rows) for rows in wrong)
    return (
        found,
        [(row, rows.column, rows.reason) for rows in wrong for row in rows.rows],
        sum(rows.count for rows in wrong),
    )


def both(path: str, block_bytes: int):
    """What each reader gives, or the complaint it ends with."""
    outcomes = []
    for reader in (lambda: fast(path, block_bytes, "user", "item")[:2], lambda: _careful(path)):
        try:
            found, wrong = reader()
        except DataError as exc:
            outcomes.append(str(exc))
        else:
            outcomes.append((found, sorted(wrong)))
    return outcomes


def _careful(path: str):
    found, rejects = read(path, "user", "item")
    return found, [(row, column, reason.partition(" (")[0]) for row, column, reason in brief(rejects)]


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=25), st.integers(1, 40))
def test_any_body_below_a_good_header(pieces, block_bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.csv", b"user,item,x\nu,i,1\n" + b"".join(pieces))
        one, other = both(path, block_bytes)
        # Bad rows beyond the first few of a batch are counted only.
        if isinstance(one, tuple) and isinstance(other, tuple) and len(other[1]) > 5:
            assert one[0] == other[0]
        else:
            assert one == other


CELL = st.one_of(st.sampled_from(["", "u", " 1 ", "a,b", 'say "x"', "two\nlines", "é"]), st.integers().map(str))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(8, 200),
)
def test_what_was_written_comes_back(records, quoting, end, block_bytes):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=end).writerows([("user", "item", "x"), *records])
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.csv", text.getvalue())
        found, wrong, _ = fast(path, block_bytes, "user", "item", "x")
    expected = [(row, *(cell or None for cell in record)) for row, record in enumerate(records, start=2)]
    assert found == expected
    assert not wrong


def test_rows_behind_a_bad_block_are_numbered_on(tmp_path):
    path = put(tmp_path, "a.csv", b"user,item\n" + b"u,i\n" * 50 + b"u\n\n" + b'"u\nv",i\n' + b"u,i\n" * 50)
    found, wrong, count = fast(path, 40, "user", "item")
    assert [row for row, *_ in found] == [*range(2, 52), *range(54, 105)]
    assert (wrong, count) == ([(52, "", "has 1 cells where the header has 2")], 1)


def test_lines_that_end_in_a_carriage_return_alone(tmp_path):
    found, wrong, _ = fast(put(tmp_path, "a.csv", b"user,item\r" + b"u,i\r" * 20), 16, "user", "item")
    assert [row for row, *_ in found] == list(range(2, 22))
    assert not wrong


def test_a_quote_that_is_never_closed_is_an_error_with_its_line(tmp_path):
    path = put(tmp_path, "a.csv", b"user,item\n" + b"u,i\n" * 30 + b'u,"i\n' + b"u,i\n" * 10)
    with pytest.raises(DataError, match=r"row 32: has a quote that is not closed .* on line 32 of the file"):
        fast(path, 25, "user", "item")


def test_a_header_without_rows_is_a_log_without_records(tmp_path):
    for content in (b"user,item", b"user,item\n", b'"user","it\nem",item\n\n'):
        assert fast(put(tmp_path, "a.csv", content), 10, "user", "item")[0] == []


def test_the_header_is_checked(tmp_path):
    for content, complaint in ((b"\n\nu,i\n", "blank"), (b"user,x\n", "no such column"), (b"", "empty")):
        with pytest.raises(DataError, match=complaint):
            fast(put(tmp_path, "a.csv", content), 10, "user", "item")
