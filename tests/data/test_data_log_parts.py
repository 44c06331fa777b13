"""The pieces of a log: files of a folder or a pattern, row groups; read apart they give what the whole gives."""

import pickle
import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
from data_helpers import event_source, events_of, put, put_parquet
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tilth.data import LogPart, event_parts, read_events
from tilth.errors import DataError

CSV = "user,item\nu,i\n"


def paths_of(path: str, base: Path) -> list[str]:
    return [part.path for part in event_parts(event_source(path), base=base)]


def tree(folder: Path) -> None:
    for name in ("b.csv", "a.csv.gz", "_SUCCESS", ".x.csv", "notes.txt", "day=2/c.jsonl", "_tmp/d.csv", "day=1/c.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        put(folder, name, CSV)
    put(folder, "empty.csv", "")


def test_a_folder_is_all_its_files_by_name(tmp_path):
    (tmp_path / "logs").mkdir()
    tree(tmp_path / "logs")
    for path in ("logs", "logs/"):
        assert paths_of(path, tmp_path) == ["logs/a.csv.gz", "logs/b.csv", "logs/day=1/c.csv", "logs/day=2/c.jsonl"]


def test_patterns(tmp_path):
    tree(tmp_path)
    assert paths_of("*.csv", tmp_path) == [".x.csv", "b.csv"]
    assert paths_of("[!b-z.]*.csv*", tmp_path) == ["a.csv.gz"]
    assert paths_of("day=?/c.*", tmp_path) == ["day=1/c.csv", "day=2/c.jsonl"]
    assert paths_of("**/c.csv", tmp_path) == ["day=1/c.csv"]
    assert paths_of("**/b.csv", tmp_path) == ["b.csv"]
    assert paths_of(f"{tmp_path}/day=1/*", Path("/")) == [f"{tmp_path}/day=1/c.csv"]


def test_a_file_whose_name_is_a_pattern(tmp_path):
    put(tmp_path, "a[1].csv", CSV)
    put(tmp_path, "a1.csv", CSV)
    assert paths_of("a[1].csv", tmp_path) == ["a[1].csv"]
    assert paths_of("a[1]*.csv", tmp_path) == ["a1.csv"]


def test_nothing_to_read_is_said(tmp_path):
    put(tmp_path, "notes.txt", "x")
    with pytest.raises(DataError, match=r"holds no files that can be read"):
        paths_of(".", tmp_path)
    with pytest.raises(DataError, match="no file fits the pattern"):
        paths_of("no/where/*.csv", tmp_path)
    with pytest.raises(DataError, match="cannot tell the format"):
        paths_of("*.txt", tmp_path)
    with pytest.raises(DataError, match=r"none\.csv: no such file"):
        events_of(event_source(str(tmp_path / "none.csv")))
    with pytest.raises(DataError, match=r"none\.parquet: no such file"):
        paths_of("none.parquet", tmp_path)


def test_a_store_behind_a_url():
    files = fsspec.filesystem("memory")
    try:
        for name in ("b.csv", "a.csv", "x/c.csv"):
            files.pipe(f"/tilth-logs/{name}", CSV.encode())
        folder = "memory://tilth-logs"
        assert paths_of(folder, Path("/")) == [f"{folder}/{name}" for name in ("a.csv", "b.csv", "x/c.csv")]
        assert paths_of(f"{folder}/*.csv", Path("/")) == [f"{folder}/a.csv", f"{folder}/b.csv"]
        found, _ = events_of(event_source(f"{folder}/**/*.csv"))
        assert len(found) == 3
    finally:
        files.rm("/tilth-logs", recursive=True)


def test_parts_travel_and_say_how_many_rows(tmp_path):
    path = put_parquet(tmp_path, user=["u"] * 3, item=["i"] * 3)
    (part,) = event_parts(event_source("a.parquet"), base=tmp_path)
    assert part == LogPart("a.parquet", (0,), 3)
    assert pickle.loads(pickle.dumps(part)) == part
    with pytest.raises(DataError, match=f"{path}.*column 'stars': no such column"):
        event_parts(event_source("a.parquet", value="stars"), base=tmp_path)


@pytest.mark.parametrize(
    ("column", "values", "need"),
    [
        ("user", pa.array([True]), "an id"),
        ("user", pa.array([["u"]]), "an id"),
        ("item", pa.array([{"a": 1}]), "an id"),
        ("at", pa.array([True]), "a time"),
        ("at", pa.array([["2014-12-12"]]), "a time"),
        ("at", pa.array([1], pa.duration("s")), "a time"),
        ("stars", pa.array([[1.0]]), "a number"),
        ("stars", pa.array([1], pa.timestamp("s")), "a number"),
    ],
)
def test_columns_of_types_that_are_of_no_use_are_refused(tmp_path, column, values, need):
    good = {"user": ["u"], "item": ["i"], "at": [1], "stars": [1.0]}
    put_parquet(tmp_path, **{**good, column: values})
    with pytest.raises(DataError, match=rf"column '{column}': holds .* where {need}"):
        event_parts(event_source("a.parquet", ts="at", value="stars"), base=tmp_path)


def test_small_row_groups_are_read_together(tmp_path):
    table = pa.table({"user": ["u"] * 10, "item": [str(n) for n in range(9)] + [""]})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    source = event_source("a.parquet")
    parts = event_parts(source, base=tmp_path, part_rows=4)
    assert [(part.row_groups, part.rows) for part in parts] == [((0, 1), 4), ((2, 3), 4), ((4,), 2)]
    found = [batch for part in parts for batch in read_events(source, part, base=tmp_path)]
    assert [item for batch in found for item in batch.table["item_id"].to_pylist()] == [str(n) for n in range(9)]
    assert [bad.rows for batch in found for bad in batch.bad] == [(10,)]


def test_a_log_without_rows_has_no_events(tmp_path):
    none = pa.array([], pa.string())
    paths = [put_parquet(tmp_path, user=none, item=none), put(tmp_path, "a.csv", "user,item\n")]
    assert [events_of(event_source(path)) for path in paths] == [([], ()), ([], ())]


@pytest.mark.parametrize("unit", ["numbers", "text", "arrow"])
def test_numbers_count_the_same_in_all_parts_of_a_file(tmp_path, unit):
    # The last row group alone would look like seconds.
    at = [None, 1418415155000, 1418415155000, 1418415155000, 7000, 8000]
    kinds = {"numbers": pa.array(at), "text": pa.array(at).cast(pa.string()), "arrow": pa.array(at, pa.timestamp("ms"))}
    table = pa.table({"user": ["u"] * 6, "item": ["i"] * 6, "at": kinds[unit]})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    found, _ = events_of(event_source(str(tmp_path / "a.parquet"), ts="at"))
    assert found[-1]["ts"] == datetime(1970, 1, 1, 0, 0, 8, tzinfo=UTC)


ID = st.sampled_from(["", " a", "a", "b ", "é", "1", None])
ROW = st.tuples(ID, ID, st.integers(0, 10**9), st.sampled_from([None, 1.5, float("inf")]))


@settings(max_examples=20, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=30), st.integers(1, 8), st.integers(0, 99), st.booleans())
def test_any_split_gives_the_rows_of_the_whole(records, group, seed, coded):
    users, items, seconds, values = (list(column) for column in zip(*records, strict=True))
    at = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=second) for second in seconds]
    table = pa.table(
        {
            "user": pa.array(users, pa.string()),
            "item": pa.array(items, pa.string()),
            "at": at,
            "stars": pa.array(values, pa.float64()),
        }
    )
    fields = {"ts": "at", "value": "stars"}
    cut = random.Random(seed).randint(0, len(table))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parquet.write_table(table, folder / "whole.parquet")
        parquet.write_table(table, folder / "groups.parquet", row_group_size=group)
        (folder / "files").mkdir()
        parquet.write_table(table.slice(0, cut), folder / "files" / "1.parquet")
        parquet.write_table(table.slice(cut), folder / "files" / "2.parquet")
        whole, groups, files = (
            events_of(event_source(str(folder / path), **fields), coded=coded, part_rows=group)
            for path in ("whole.parquet", "groups.parquet", "files")
        )
    usable = [pair for pair in zip(users, items, strict=True) if all((text or "").strip() for text in pair)]
    assert [(row["user_id"], row["item_id"]) for row in whole[0]] == [(u.strip(), i.strip()) for u, i in usable]
    assert whole[0] == groups[0] == files[0]
    assert [(bad.reason, bad.count, bad.rows) for bad in whole[1]] == [
        (bad.reason, bad.count, bad.rows) for bad in groups[1]
    ]
    assert sum(bad.count for bad in whole[1]) == sum(bad.count for bad in files[1])
