"""Paths, URLs, compression, and what is said when a file cannot be opened."""

import gzip
import os
import uuid
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
from data_helpers import put, read
from pyarrow import parquet

from tilth.data.files import kind_of, reading, resolve_path
from tilth.errors import ConfigError, DataError

CSV = b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("x.csv", "csv"),
        ("x.CSV.GZ", "csv"),
        ("x.tsv.zst", "tsv"),
        ("dir.csv/x.jsonl", "jsonl"),
        ("x.ndjson.gz", "jsonl"),
        ("s3://bucket/x.parquet", "parquet"),
        ("https://host/x.csv.gz?signature=a.b", "csv"),
    ],
)
def test_the_kind_is_in_the_name(path, kind):
    assert kind_of(path) == kind


@pytest.mark.parametrize("path", ["x", "x.xlsx", "x.gz", "x.csv.zip", "x.csv.zst.gz", ".csv", "", "csv"])
def test_other_names_are_refused(path):
    with pytest.raises(DataError, match=r"names end in \.csv"):
        kind_of(path)


def test_a_relative_path_is_below_the_base_and_a_url_is_not(tmp_path):
    assert resolve_path("x.csv", tmp_path) == str(tmp_path / "x.csv")
    assert resolve_path("/y/x.csv", tmp_path) == "/y/x.csv"
    assert resolve_path("s3://b/x.csv", tmp_path) == "s3://b/x.csv"


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_compressed_files(tmp_path, name, compression):
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table({"a": ["1"], "b": ["2"]}), sink)
    content = {"a.csv": CSV, "a.jsonl": b'{"a": 1, "b": 2}', "a.parquet": sink.getvalue().to_pybytes()}[name]
    ending = {"gzip": ".gz", "zstd": ".zst"}[compression]
    with pa.CompressedOutputStream(str(tmp_path / (name + ending)), compression) as stream:
        stream.write(content)
    assert [values for _, *values in read(str(tmp_path / (name + ending)), "a", "b")[0]] == [["1", "2"]]


def test_gzip_files_one_behind_the_other(tmp_path):
    path = put(tmp_path, "a.csv.gz", gzip.compress(CSV) + gzip.compress(b"3,4\n"))
    assert read(path, "a", "b")[0] == [(2, "1", "2"), (3, "3", "4")]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz", "a.parquet.gz", "a.csv.zst"])
def test_a_file_that_is_not_compressed_as_its_name_says(tmp_path, name):
    with pytest.raises(DataError, match="compressed as its name says"):
        read(put(tmp_path, name, CSV), "a")


@pytest.mark.parametrize("cut", [4, 8, 100])
def test_a_truncated_gzip_file(tmp_path, cut):
    whole = gzip.compress(b"a,b\n" + os.urandom(2000).hex().encode() + b",2\n")
    with pytest.raises(DataError, match=r"cannot be read: .*runcated"):
        read(put(tmp_path, "a.csv.gz", whole[:-cut]), "a")


def test_urls_of_local_files_and_of_fsspec(tmp_path):
    assert read(Path(put(tmp_path, "a.csv", CSV)).as_uri(), "a")[0] == [(2, "1")]
    memory = fsspec.filesystem("memory")
    folder = f"/{uuid.uuid4().hex}"
    memory.pipe(f"{folder}/a.csv", CSV)
    memory.pipe(f"{folder}/a.csv.gz", gzip.compress(CSV))
    with memory.open(f"{folder}/a.parquet", "wb") as file:
        parquet.write_table(pa.table({"a": [1]}), file)
    assert read(f"memory:/{folder}/a.csv", "a")[0] == [(2, "1")]
    assert read(f"memory:/{folder}/a.csv.gz", "a")[0] == [(2, "1")]
    assert read(f"memory:/{folder}/a.parquet", "a")[0] == [(1, "1")]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.csv.gz", "a.parquet.zst"])
def test_missing_files_and_folders(tmp_path, name):
    with pytest.raises(DataError, match="no such file\n  hint: paths are relative to"):
        read(str(tmp_path / name), "a")
    (tmp_path / name).mkdir()
    with pytest.raises(DataError, match="is a directory, not a file"):
        read(str(tmp_path / name), "a")


@pytest.mark.parametrize(
    "url", ["memory://nowhere/a.csv", "file:///nowhere/a.csv", "no-such-scheme://x/a.csv", "nul\x00.csv"]
)
def test_urls_and_names_that_cannot_be_opened(url):
    with pytest.raises(DataError, match=r"no such file|cannot be opened"):
        read(url, "a")


def test_whatever_a_driver_raises_names_the_file():
    with pytest.raises(DataError, match=r"x\.csv: cannot be read: EOFError") as caught, reading("x.csv"):
        raise EOFError
    assert isinstance(caught.value.__cause__, EOFError)
    with pytest.raises(ConfigError, match="mine"), reading("x.csv"):
        raise ConfigError("mine")
