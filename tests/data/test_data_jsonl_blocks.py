"""The fast reader of JSONL logs gives what the careful one gives, wherever blocks end."""

import json
import tempfile
from pathlib import Path

import pytest
from data_helpers import event_source, events_of, put, searches_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.data import Rejects, SearchSource
from tilth.data.behavior.bad import BadCollector
from tilth.data.behavior.coded import coded
from tilth.data.behavior.jsonl_blocks import JsonlLog
from tilth.data.behavior.wanted import Wanted
from tilth.data.from_jsonl import read_jsonl
from tilth.errors import DataError


def fast(path: str, block_bytes: int):
    bad = BadCollector(path)
    found, wrong = [], []
    for batch in JsonlLog(path, Wanted(("user", "item")), bad, block_bytes):
        values = [_texts(batch.columns[name]) for name in ("user", "item")]
        found += zip(batch.rows.tolist(), *values, strict=True)
        wrong += bad.take()
    wrong += bad.take()
    return found, sorted((row, rows.column, rows.reason) for rows in wrong for row in rows.rows)


def careful(path: str):
    rejects, found = Rejects(), []
    for batch in read_jsonl(path, ("user", "item"), ("user", "item"), rejects):
        values = [_texts(batch.table[name].combine_chunks()) for name in ("user", "item")]
        found += zip(batch.rows.tolist(), *values, strict=True)
    reasons = ((reject.row, reject.column, reject.reason.partition(" (")[0]) for reject in rejects.rows)
    return found, sorted(reasons)


def _texts(values):
    return coded(values, max_chars=None).codes.dictionary_decode().to_pylist()


def outcome(reader):
    try:
        return reader()
    except DataError as exc:
        return str(exc)


VALUE = st.one_of(
    st.sampled_from(["u", "1", " a ", "", "a\x00", "é", "\ud800"]),
    st.integers(-(2**70), 2**70),
    st.integers(0, 9).map(float),
    st.sampled_from([None, True, 0.5, [1], {"a": 1}]),
)
LINE = st.one_of(
    st.fixed_dictionaries({"user": VALUE, "item": VALUE}, optional={"other": VALUE}).map(json.dumps),
    st.dictionaries(st.sampled_from(["user", "item", "other"]), VALUE).map(json.dumps),
    st.sampled_from(
        ["", " ", "x", "[]", "1", '{"user": "u"', '{"user": "\\u0000", "item": 1}', '{"user": 1}{"item": 1}']
    ),
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(LINE, min_size=1, max_size=2), st.lists(LINE, max_size=2), st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 80), st.booleans(),
)  # fmt: skip
def test_any_lines(lines, more, end, block_bytes, raw):
    # A key of an id that none of the first lines has is an error, so the first has both.
    content = end.join(['{"user": "u", "item": "i"}', *lines, *more]).encode() + b'\xff{"user": 1, "item": 1}\n' * raw
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "a.jsonl", content)
        assert outcome(lambda: fast(path, block_bytes)) == outcome(lambda: careful(path))


def test_clean_and_other_blocks_in_turn(tmp_path):
    lines = ['{"user": 1, "item": "a"}'] * 30 + ["x"] + ['{"item": "b", "user": "u"}'] * 30
    found, wrong = fast(put(tmp_path, "a.jsonl", "\n".join(lines)), 60)
    assert [row for row, *_ in found] == [row for row in range(1, 62) if row != 31]
    assert [row for row, *_ in wrong] == [31]


def test_a_key_that_no_line_has_is_named(tmp_path):
    path = put(tmp_path, "a.jsonl", '{"user": 1, "thing": 1}\n' * 50)
    with pytest.raises(DataError, match=r"column 'item': no such column\n  hint: the file has: 'thing', 'user'"):
        fast(path, 100)
    path = put(tmp_path, "b.jsonl", '{"user": 1, "item": 2}\n' * 50)
    with pytest.raises(DataError, match="column 'stars': no such column"):
        events_of(event_source(path, value="stars"))


def test_a_key_that_only_a_late_line_has(tmp_path):
    path = put(tmp_path, "a.jsonl", '{"user": 1, "item": 2}\n' * 3 + '{"user": 1, "item": 2, "stars": 1.5}\n')
    found, _ = events_of(event_source(path, value="stars"))
    assert [row["value"] for row in found] == [None, None, None, 1.5]


def test_lists_of_lists_and_of_text(tmp_path):
    for items in ('["a", 2, 3.0, null]', '["a", "2", " 3"]', '"a|2|3"'):
        path = put(tmp_path, "a.jsonl", '{"q": "x", "items": %s}\n{"q": "y"}\n' % items)  # noqa: UP031
        found, bad = searches_of(SearchSource(path=path, query="q", shown="items"))
        assert [row["shown"] for row in found] == [["a", "2", "3"], []]
        assert bad == ()
