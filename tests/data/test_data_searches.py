"""Reading query logs."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from data_helpers import in_short, put, put_parquet, searches_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.data import SearchSource, read_searches, search_parts
from tilth.errors import ConfigError, DataError
from tilth.records.behavior import SEARCH_SCHEMA

FULL = {
    "query": "q",
    "session_id": "s",
    "user_id": "u",
    "ts": "at",
    "results": "n",
    "shown": "items",
    "clicked": "clicks",
}
NOON = datetime(2014, 12, 12, 12, tzinfo=UTC)


def test_a_row_for_each_search_in_every_format(tmp_path):
    csv = "q,s,u,at,n,items,clicks\nred shoes,s1,7,2014-12-12T12:00Z,2,a| b |,a\nhats,,,,0,,\n"
    lines = '{"q": "red shoes", "s": "s1", "u": 7, "at": 1418385600, "n": 2, "items": ["a", "b"], "clicks": ["a"]}\n'
    lines += '{"q": "hats", "n": 0, "items": [], "clicks": null}\n'
    columns = {
        "q": ["red shoes", "hats"],
        "s": ["s1", None],
        "u": [7, None],
        "at": [NOON, None],
        "n": [2, 0],
        "items": [["a", " b", "", None], []],
        "clicks": [["a"], None],
    }
    expected = [
        {
            "session_id": "s1",
            "user_id": "7",
            "query": "red shoes",
            "ts": NOON,
            "results": 2,
            "shown": ["a", "b"],
            "clicked": ["a"],
        },
        {
            "session_id": None,
            "user_id": None,
            "query": "hats",
            "ts": None,
            "results": 0,
            "shown": [],
            "clicked": [],
        },
    ]
    paths = [put(tmp_path, "a.csv", csv), put(tmp_path, "a.jsonl", lines), put_parquet(tmp_path, **columns)]
    for path in paths:
        assert searches_of(SearchSource(path=path, **FULL)) == (expected, ())


def test_columns_that_are_not_named_are_null_in_the_schema(tmp_path):
    source = SearchSource(path=put(tmp_path, "a.csv", "q\nhats\n\nshoes\n"), query="q")
    (part,) = search_parts(source, base=tmp_path)
    (batch,) = read_searches(source, part, base=tmp_path)
    assert batch.table.schema == SEARCH_SCHEMA
    assert batch.table["query"].to_pylist() == ["hats", "shoes"]
    assert all(batch.table[name].null_count == 2 for name in SEARCH_SCHEMA.names if name != "query")


def test_clicks_count_from_a_value_on(tmp_path):
    text = "q,item,grade\nhats,a,3\nhats,b,2.5\nhats,c,2\nhats,d,\nhats,e,high\nhats,,3\n"
    path = put(tmp_path, "a.csv", text)
    source = SearchSource(path=path, query="q", shown="item", clicked="item", value="grade", success_from=2.5)
    found, bad = searches_of(source)
    assert [row["clicked"] for row in found] == [["a"], ["b"], [], [], [], []]
    assert [row["shown"] for row in found] == [["a"], ["b"], ["c"], ["d"], ["e"], []]
    assert in_short(bad) == [("grade", "is not a finite number", 1, (6,), True)]


def test_a_bound_on_nothing_is_refused(tmp_path):
    source = SearchSource(path=put(tmp_path, "a.csv", "q\nx\n"), query="q", success_from=1.0)
    with pytest.raises(ConfigError, match=r"success_from needs the columns `value` and `clicked`"):
        search_parts(source, base=tmp_path)


def test_what_cannot_be_read_is_left_out_and_counted(tmp_path):
    path = put_parquet(
        tmp_path,
        q=["a", "b", "c", " ", "NA"],
        n=pa.array([1.0, 1.5, -1.0, 2.0, float("nan")]),
        items=pa.array([["x" * 1_001, "y"], ["y\x00"], None, ["z"], []]),
        s=["s\x00", "s", "s", "s", "null"],
    )
    found, bad = searches_of(SearchSource(path=path, query="q", results="n", shown="items", session_id="s"))
    assert [(row["query"], row["results"], row["shown"], row["session_id"]) for row in found] == [
        ("a", 1, ["y"], None),
        ("b", None, [], "s"),
        ("c", None, [], "s"),
        ("NA", None, [], "null"),
    ]
    assert in_short(bad) == [
        ("items", "holds an id that holds a null byte", 1, (2,), True),
        ("items", "holds an id that is over 1,000 characters long", 1, (1,), True),
        ("n", "is not a whole number from 0 on", 2, (2, 3), True),
        ("q", "the query is empty", 1, (4,), False),
        ("s", "holds a null byte", 1, (1,), True),
    ]


@pytest.mark.parametrize(
    "items",
    [
        pa.array([[1, 2], [], None], pa.list_(pa.int32())),
        pa.array([[1.0, 2.0], [], None], pa.large_list(pa.float64())),
        pa.array([["1", "2"], [], None], pa.list_(pa.large_string())),
        pa.array(["1|2", "", None]),
        pa.array(["1|2", "", None]).dictionary_encode(),
    ],
)
def test_lists_of_any_kind(tmp_path, items):
    found, bad = searches_of(
        SearchSource(path=put_parquet(tmp_path, q=["a", "b", "c"], items=items), query="q", shown="items")
    )
    assert [row["shown"] for row in found] == [["1", "2"], [], []]
    assert bad == ()


def test_lists_of_fixed_size(tmp_path):
    items = pa.array([[1, 2], [None, None], [3, None]], pa.list_(pa.int64(), 2))
    found, _ = searches_of(
        SearchSource(path=put_parquet(tmp_path, q=["a", "b", "c"], items=items), query="q", shown="items")
    )
    assert [row["shown"] for row in found] == [["1", "2"], [], ["3"]]


def test_a_query_of_lists_is_refused(tmp_path):
    path = put_parquet(tmp_path, q=[["a"]])
    with pytest.raises(DataError, match=r"column 'q': holds list<.*> where text is needed"):
        searches_of(SearchSource(path=path, query="q"))


ITEM = st.text(
    st.characters(exclude_characters='|,"\r\n\x00', exclude_categories=["Cs", "Zs", "Cc", "Zl", "Zp"]),
    min_size=1,
    max_size=4,
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(ITEM, max_size=4), min_size=1, max_size=10))
def test_lists_and_joined_text_are_the_same(lists):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = "".join(f"x,{'|'.join(items)}\n" for items in lists)
        paths = [
            put(folder, "a.csv", f"q,items\n{rows}"),
            put_parquet(folder, q=["x"] * len(lists), items=pa.array(lists, pa.list_(pa.string()))),
        ]
        for path in paths:
            found, bad = searches_of(SearchSource(path=path, query="q", shown="items"))
            assert [row["shown"] for row in found] == lists
            assert bad == ()
