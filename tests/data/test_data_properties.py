"""Whatever a file holds: each record is usable or rejected, and nothing but a TilthError comes out."""

import csv
import gzip
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from data_helpers import pairs_source, put, put_parquet
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tilth.data import (
    EntitySource,
    JudgmentSource,
    Rejects,
    load_entities,
    load_judgments,
    load_pairs,
    stream_pairs,
)
from tilth.errors import DataError, TilthError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=6)
CELL = st.one_of(st.sampled_from(["", "u", "v", " u ", "1", "nan", "x\ny", 'a"b', "\x00", "=1", "é"]), TEXT)
ROW = st.lists(CELL, min_size=2, max_size=5).filter(lambda cells: any(cells))
JSON_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=2)),
    max_leaves=4,
)
RECORD = st.dictionaries(st.sampled_from(["user", "item", "weight", "other"]), JSON_VALUE)
SOURCE = {"weight": "weight", "keep": ["other"]}


def streamed(path: str) -> tuple[list[int], list[int]]:
    """Rows of the usable records, and those of the rejects."""
    rejects, usable = Rejects(), list[int]()
    for pairs in stream_pairs(pairs_source(path, **SOURCE), base=Path("/"), rejects=rejects):
        usable += pairs.file_rows.tolist()
        assert len(pairs.file_rows) == len(pairs)
    return usable, [reject.row for reject in rejects.rows]


def loaded(path: str) -> tuple[list[int], list[int]]:
    rejects = Rejects()
    try:
        pairs = load_pairs(pairs_source(path, **SOURCE), base=Path("/"), rejects=rejects, max_rejected=1.0)
    except DataError:  # not one row is usable
        return [], [reject.row for reject in rejects.rows]
    return pairs.file_rows.tolist(), [reject.row for reject in rejects.rows]


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_every_csv_record_is_usable_or_rejected_once(records, end):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerows([["user", "item", "weight", "other"], *records])
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.csv", text.getvalue())
        for usable, rejected in (streamed(path), loaded(path)):
            assert sorted(usable + rejected) == list(range(2, len(records) + 2))


@settings(deadline=None)
@given(st.lists(st.one_of(RECORD.map(json.dumps), JSON_VALUE.map(json.dumps)), min_size=1, max_size=12))
def test_every_jsonl_record_is_usable_or_rejected_once(lines):
    # The first line has every key, so that none is missing from the file.
    lines = ['{"user": "first", "item": 1, "weight": 1, "other": ["x"]}', *lines]
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.jsonl", "\n".join(lines))
        for usable, rejected in (streamed(path), loaded(path)):
            assert sorted(usable + rejected) == list(range(1, len(lines) + 1))


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.one_of(st.none(), CELL)] * 3, st.lists(CELL)), min_size=1, max_size=12))
def test_every_parquet_record_is_usable_or_rejected_once(records):
    user, item, weight, other = ([record[at] for record in records] for at in range(4))
    with tempfile.TemporaryDirectory() as folder:
        texts = {"user": pa.array(user, pa.string()), "item": pa.array(item, pa.string())}
        lists = pa.array(other, pa.list_(pa.string()))
        path = put_parquet(Path(folder), **texts, weight=pa.array(weight, pa.string()), other=lists)
        for usable, rejected in (streamed(path), loaded(path)):
            assert sorted(usable + rejected) == list(range(1, len(records) + 1))


CSV_PIECES = st.sampled_from([b"user,item,weight,other", b"\n", b"\r", b",", b'"', b"u", b"1", b"\x00", b"\xff", b" "])
JSON_PIECES = st.sampled_from(
    [
        b'{"user":1,"item":2,"weight":3,"other":4}',
        b"\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b":",
        b",",
        b"1",
        b"\\u",
        b"\xff",
    ]
)


def use_all(path: str) -> None:
    """Read the file as everything there is; a TilthError is an answer."""
    entity = EntitySource(path=path, id="user", text=["item"], keep=["other"])
    judgment = JudgmentSource(
        path=path,
        context_id="user",
        item_id="item",
        source="model:{other}",
        grade="weight",
        p="weight",
        reasons="other",
    )
    common = {"base": Path("/"), "max_rejected": 0.5}
    for read in (
        lambda: streamed(path),
        lambda: load_entities(entity, "item", rejects=Rejects(), **common),
        lambda: load_judgments(judgment, rejects=Rejects(), **common),
    ):
        complaint = path
        try:
            read()
        except TilthError as exc:
            complaint = str(exc)
        assert path in complaint


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz", "a.jsonl.zst", "a.parquet.gz"])
@settings(max_examples=40, deadline=None)
@given(content=st.one_of(st.binary(max_size=200), st.lists(st.one_of(CSV_PIECES, JSON_PIECES)).map(b"".join)))
def test_any_bytes_give_records_or_an_error_that_names_the_file(name, content):
    with tempfile.TemporaryDirectory() as folder:
        use_all(put(Path(folder), name, content))
        if name.endswith(".gz"):
            use_all(put(Path(folder), name, gzip.compress(content)))


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.lists(CSV_PIECES, min_size=1), st.lists(st.one_of(CSV_PIECES, st.binary(max_size=3)))))
def test_any_body_below_a_good_csv_header(pieces):
    with tempfile.TemporaryDirectory() as folder:
        use_all(put(Path(folder), "a.csv", b"user,item,weight,other\nu,i,1,x\n" + b"".join(pieces)))


@settings(max_examples=120, deadline=None)
@given(st.lists(JSON_PIECES, min_size=1))
def test_any_lines_behind_a_good_json_object(pieces):
    first = b'{"user": "u", "item": "i", "weight": 1, "other": "x"}\n'
    with tempfile.TemporaryDirectory() as folder:
        use_all(put(Path(folder), "a.jsonl", first + b"".join(pieces)))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_parquet_file(data):
    table = pa.table({"user": ["u", "v"], "item": [1.0, 2.0], "weight": [1, 2], "other": [["x"], None]})
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    content = bytearray(sink.getvalue().to_pybytes())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[at] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        use_all(put(Path(folder), "a.parquet", bytes(content)))
