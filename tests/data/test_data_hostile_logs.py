"""Logs that are broken, or made to break their reader."""

import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from data_helpers import event_source, events_of, in_short, put, put_parquet, searches_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tilth.data import SearchSource, event_parts, merge_bad, read_events
from tilth.data.behavior.bad import MAX_REASONS, SHOWN, SHOWN_CHARS, BadRows
from tilth.errors import TilthError

BAD_TEXT = pa.array([b"ok", b"\xff\xfe", b"a\x00b", b"x" * 2_000, None, b"ok"]).cast(pa.binary())


def raw_strings(values: pa.Array) -> pa.Array:
    """The bytes as an Arrow string column, UTF-8 or not, as careless writers leave them."""
    validity, offsets, data = values.buffers()
    return pa.StringArray.from_buffers(len(values), offsets, data, validity, values.null_count)


@pytest.mark.parametrize("kind", ["bytes", "strings", "codes"])
def test_parquet_text_that_cannot_be_used(tmp_path, kind):
    users = {"bytes": BAD_TEXT, "strings": raw_strings(BAD_TEXT), "codes": BAD_TEXT.dictionary_encode()}[kind]
    path = put_parquet(tmp_path, user=users, item=["i"] * 6)
    found, bad = events_of(event_source(path))
    assert [row["user_id"] for row in found] == ["ok", "ok"]
    assert in_short(bad) == [
        ("user", "holds a null byte", 1, (3,), False),
        ("user", "is not UTF-8", 1, (2,), False),
        ("user", "is over 1,000 characters long", 1, (4,), False),
        ("user", "the id is empty", 1, (5,), False),
    ]
    assert {rows.reason: rows.examples for rows in bad}["is not UTF-8"] == ("\\xff\\xfe",)
    assert all(len(example) <= SHOWN_CHARS for rows in bad for example in rows.examples)


def test_parquet_times_that_are_not_even_text(tmp_path):
    path = put_parquet(tmp_path, user=["u"] * 6, item=["i"] * 6, at=raw_strings(BAD_TEXT), stars=BAD_TEXT)
    found, bad = events_of(event_source(path, ts="at", value="stars"))
    assert [(row["ts"], row["value"]) for row in found] == [(None, None)] * 6
    assert {(rows.column, rows.kept) for rows in bad} == {("at", True), ("stars", True)}


def test_lists_of_parquet_text_that_cannot_be_used(tmp_path):
    items = pa.ListArray.from_arrays(pa.array([0, 3, 6]), raw_strings(BAD_TEXT))
    found, bad = searches_of(
        SearchSource(path=put_parquet(tmp_path, q=["a", "b"], items=items), query="q", shown="items")
    )
    assert [row["shown"] for row in found] == [["ok"], ["ok"]]
    assert {rows.reason: rows.rows for rows in bad} == {
        "holds an id that is not UTF-8": (1,),
        "holds an id that holds a null byte": (1,),
        "holds an id that is over 1,000 characters long": (2,),
    }


def test_csv_with_every_fault_at_once(tmp_path):
    body = b'u,i,"' + b"x" * (1 << 20) + b'"\nu,i\n\n\x00,i,1\nu,\xff,1\nu,i,1,1\n"u" x,i,1\n\x1b[31m,i,1\n=1,i,1\n'
    found, bad = events_of(event_source(put(tmp_path, "a.csv", b"user,item,x\n" + body)))
    assert [row["user_id"] for row in found] == ["\x1b[31m", "=1"]
    assert in_short(bad) == [
        ("", "has 2 cells where the header has 3", 1, (3,), False),
        ("", "has 4 cells where the header has 3", 1, (7,), False),
        ("", "has a cell of over 131,072 characters", 1, (2,), False),
        ("", "has a quote that is not closed or not alone in its cell", 1, (8,), False),
        ("item", "is not UTF-8", 1, (6,), False),
        ("user", "holds a null byte", 1, (5,), False),
    ]


def test_jsonl_with_bad_lines(tmp_path):
    lines = [
        '{"user": "u", "item": "i"}',
        "not json",
        '{"user": {}, "item": 1}',
        '{"user": true, "item": 1}',
        "[" * 9_999,
    ]
    found, bad = events_of(event_source(put(tmp_path, "a.jsonl", "\n".join(lines))))
    assert len(found) == 1
    assert sum(rows.count for rows in bad) == 4
    assert {row for rows in bad for row in rows.rows} == {2, 3, 4, 5}


def test_rows_read_are_the_usable_and_the_lost(tmp_path):
    path = put(tmp_path, "a.jsonl", '{"user": "u", "item": "i"}\nx\n{"user": "", "item": "i"}\n')
    source = event_source(path)
    (part,) = event_parts(source, base=tmp_path)
    batches = list(read_events(source, part, base=tmp_path))
    assert sum(batch.rows for batch in batches) == 3
    only_bad = put(tmp_path, "b.jsonl", "x\ny\n")
    (batch,) = read_events(event_source(only_bad), event_parts(event_source(only_bad), base=tmp_path)[0], base=tmp_path)
    assert (batch.rows, batch.table.num_rows, batch.bad[0].count) == (2, 0, 2)


def test_a_megabyte_query_is_cut(tmp_path):
    query = json.dumps("é" * (1 << 20))
    path = put(tmp_path, "a.jsonl", '{"q": "short"}\n{"q": ' + query + '}\n{"q": " a\\tb\\u001b[0m\\n"}\n{"q": " "}\n')
    found, bad = searches_of(SearchSource(path=path, query="q"))
    assert [row["query"] for row in found] == ["short", "é" * 1_000, "a b [0m"]
    assert in_short(bad) == [
        ("q", "is over 1,000 characters long; the rest is cut off", 1, (2,), True),
        ("q", "the query is empty", 1, (4,), False),
    ]


def test_merging_keeps_few_rows_and_few_reasons():
    many = [BadRows(f"reason {n}", "c", 1, (n,), ("v",), "a.csv") for n in range(MAX_REASONS + 50)]
    merged = merge_bad(many)
    assert len(merged) == MAX_REASONS + 1
    assert (merged[0].reason, merged[0].count, len(merged[0].rows)) == ("is unusable for another reason", 50, SHOWN)
    halves = [*merge_bad(many[:60]), *merge_bad(many[60:])]
    assert sum(rows.count for rows in merge_bad(halves)) == len(many)
    same = [BadRows("r", "c", 2, (row, row + 1), ("v", "w"), "a.csv") for row in (40, 10, 20)]
    assert merge_bad(same) == (BadRows("r", "c", 6, (10, 11, 20, 21, 40), ("v", "w", "v", "w", "v"), "a.csv"),)


def use_all(path: str) -> None:
    """Read the file as everything it could be; a TilthError is an answer."""
    event = event_source(path, kind="{x}", ts="at", value="at")
    search = SearchSource(path=path, query="x", user_id="user", ts="at", results="at", shown="item", clicked="x")
    for read in (lambda: events_of(event), lambda: searches_of(search)):
        complaint = path
        try:
            read()
        except TilthError as exc:
            complaint = str(exc)
        assert path in complaint


HEAD = {"a.csv": b"user,item,at,x\nu,i,1,y\n", "a.jsonl": b'{"user":"u","item":"i","at":1,"x":"y"}\n', "a.parquet": b""}
PIECES = st.sampled_from(
    [b",", b"\n", b"\r", b'"', b"u", b"1", b"\x00", b"\xff", b"{", b"}", b"|", b"2014-12-12", b"-"]
)


@pytest.mark.parametrize("name", HEAD)
@settings(max_examples=30, deadline=None)
@given(content=st.one_of(st.binary(max_size=100), st.lists(PIECES, max_size=40).map(b"".join)), whole=st.booleans())
def test_any_bytes_give_a_log_or_an_error_that_names_the_file(name, content, whole):
    with tempfile.TemporaryDirectory() as folder:
        use_all(put(Path(folder), name, content if whole else HEAD[name] + content))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_damaged_parquet_file(data):
    table = pa.table({"user": ["u", "v"], "item": [["i"], None], "at": [1.0, 2.0], "x": ["y", "z"]})
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    content = bytearray(sink.getvalue().to_pybytes())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[at] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        use_all(put(Path(folder), "a.parquet", bytes(content)))
