"""Reading interaction logs."""

import gzip
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from data_helpers import event_source, events_of, in_short, put, put_parquet

from tilth.data import CODED_EVENT_SCHEMA, event_parts, read_events, refuse_many_bad
from tilth.errors import ConfigError, DataError
from tilth.records.behavior import EVENT_SCHEMA

NOON = datetime(2014, 12, 12, 12, tzinfo=UTC)


def event(user="u", item="i", kind="interaction", ts=None, value=None):
    return {"user_id": user, "item_id": item, "kind": kind, "ts": ts, "value": value}


def test_a_log_in_every_format_gives_the_same_events(tmp_path):
    csv = "user,item,what,at,stars\n1, a ,rating,2014-12-12T12:00:00Z,4.5\n2,b,click,,\n"
    lines = '{"user": 1, "item": "a", "what": "rating", "at": "2014-12-12 12:00:00 UTC", "stars": 4.5}\n'
    lines += '{"user": 2.0, "item": "b", "what": "click"}\n'
    columns = {
        "user": [1, 2],
        "item": ["a", " b"],
        "what": ["rating", "click"],
        "at": [NOON, None],
        "stars": [4.5, None],
    }
    paths = [
        put(tmp_path, "a.csv", csv),
        put(tmp_path, "a.tsv", csv.replace(",", "\t")),
        put(tmp_path, "a.csv.gz", gzip.compress(csv.encode())),
        put(tmp_path, "a.jsonl", lines),
        put_parquet(tmp_path, **columns),
    ]
    for path in paths:
        for coded in (False, True):
            found, bad = events_of(event_source(path, kind="{what}", ts="at", value="stars"), coded=coded)
            assert found == [event("1", "a", "rating", NOON, 4.5), event("2", "b", "click")]
            assert bad == ()


def test_tables_are_of_the_schema(tmp_path):
    source = event_source(put(tmp_path, "a.csv", "user,item\nu,i\nu,i\n"))
    (part,) = event_parts(source, base=tmp_path)
    for coded, schema in ((False, EVENT_SCHEMA), (True, CODED_EVENT_SCHEMA)):
        (batch,) = read_events(source, part, base=tmp_path, coded=coded)
        assert batch.table.schema == schema
        assert batch.table.to_pylist() == [event(), event()]


def test_what_is_wrong_is_counted_with_the_row_and_the_file(tmp_path):
    path = put(
        tmp_path,
        "a.csv",
        "user,item,at,stars\n"
        ",i,2014-12-12,1\n"  # row 2: no user
        "u,,2014-12-12,1\n"  # row 3: no item
        "u,i,yesterday,1\n"  # row 4: kept without a time
        "u,i,2014-12-12,good\n"  # row 5: kept without a value
        "u,i\n"  # row 6: ragged
        "u,i,2014-12-12,1\n",
    )
    found, bad = events_of(event_source(path, ts="at", value="stars"))
    midnight = NOON.replace(hour=0)
    assert found == [event(value=1.0), event(ts=midnight), event(ts=midnight, value=1.0)]
    assert in_short(bad) == [
        ("", "has 2 cells where the header has 4", 1, (6,), False),
        ("at", "is not a time that can be read", 1, (4,), True),
        ("item", "the id is empty", 1, (3,), False),
        ("stars", "is not a finite number", 1, (5,), True),
        ("user", "the id is empty", 1, (2,), False),
    ]
    assert {rows.path for rows in bad} == {path}
    assert [rows.examples for rows in bad if rows.column == "at"] == [("yesterday",)]


def test_ids_of_any_type_are_text(tmp_path):
    path = put_parquet(tmp_path, user=pa.array([1.0, 2.5, float("nan")]), item=pa.array([7, 8, 9], pa.int16()))
    found, bad = events_of(event_source(path))
    assert [(row["user_id"], row["item_id"]) for row in found] == [("1", "7"), ("2.5", "8")]
    assert in_short(bad) == [("user", "the id is empty", 1, (3,), False)]


def test_a_kind_may_be_made_of_columns(tmp_path):
    path = put(tmp_path, "a.csv", "user,item,a,b\nu,i,x,y\nu,i,,y\n")
    assert events_of(event_source(path, kind="web-{a}"))[0] == [event(kind="web-x")]
    assert events_of(event_source(path, kind="{a}-{b}"))[0] == [event(kind="x-y")]


def test_naive_and_zoned_times_are_counted(tmp_path):
    text = "user,item,at\nu,i,2014-12-12 13:00\nu,i,2014-12-12T12:00Z\nu,i,2014-12-12T14:00+02:00\nu,i,\n"
    source = event_source(put(tmp_path, "a.csv", text), ts="at", timezone="Europe/Oslo")
    (part,) = event_parts(source, base=tmp_path)
    (batch,) = read_events(source, part, base=tmp_path)
    assert batch.table["ts"].to_pylist() == [NOON, NOON, NOON, None]
    assert (batch.naive, batch.zoned, batch.rows) == (1, 2, 4)


def test_an_unknown_time_zone_is_refused(tmp_path):
    source = event_source(put(tmp_path, "a.csv", "user,item\nu,i\n"), timezone="Mars/Olympus")
    with pytest.raises(ConfigError, match="there is no time zone 'Mars/Olympus'"):
        events_of(source)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_a_column_that_is_missing_is_named(tmp_path, name):
    content = {"a.csv": "user,thing\nu,i\n", "a.jsonl": '{"user": "u", "thing": "i"}\n'}
    path = put_parquet(tmp_path, user=["u"], thing=["i"]) if name == "a.parquet" else put(tmp_path, name, content[name])
    with pytest.raises(DataError, match=r"column 'item': no such column") as caught:
        events_of(event_source(path))
    assert caught.value.path == path


def test_too_many_unusable_rows_are_refused(tmp_path):
    path = put(tmp_path, "a.csv", "user,item,at\n,i,\nu,,\nu,i,x\nv,i,\n ,j,\n")
    found, bad = events_of(event_source(path, ts="at"))
    assert len(found) == 2
    refuse_many_bad(path, bad, 5, 0.6)  # the row without a readable time was kept
    with pytest.raises(DataError, match=r"row 2, column 'user': the id is empty, on 2 rows; 3 of 5 rows cannot"):
        refuse_many_bad(path, bad, 5, 0.59)
    with pytest.raises(DataError, match="none may be left over"):
        refuse_many_bad(path, bad, 3, 1.0)
    refuse_many_bad(path, (), 0, 0.0)
