"""Writing: whole or not at all."""

import math
import os
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from tilth.data import read_json, read_parquet, write_json, write_parquet
from tilth.errors import DataError

TABLE = pa.table({"x": [1, 2]})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_written_is_read(tmp_path):
    write_parquet(TABLE, tmp_path / "new" / "t.parquet")
    write_json({"a": [1, None]}, tmp_path / "new" / "t.json")
    assert read_parquet(tmp_path / "new" / "t.parquet").equals(TABLE)
    assert read_json(tmp_path / "new" / "t.json") == {"a": [1, None]}
    assert names(tmp_path / "new") == ["t.json", "t.parquet"]


def test_what_stood_there_is_replaced(tmp_path):
    write_json([1], tmp_path / "t.json")
    write_json([2], tmp_path / "t.json")
    assert read_json(tmp_path / "t.json") == [2]


def test_nan_and_infinities_become_null(tmp_path):
    write_json({"a": math.nan, "b": [math.inf, 1.5]}, tmp_path / "t.json")
    assert (tmp_path / "t.json").read_text() == '{\n  "a": null,\n  "b": [\n    null,\n    1.5\n  ]\n}\n'


@pytest.mark.parametrize(("write", "value"), [(write_parquet, TABLE), (write_json, {})])
def test_a_target_that_cannot_be_replaced_leaves_nothing_behind(tmp_path, write, value):
    target = tmp_path / "t.out"
    target.mkdir()
    with pytest.raises(DataError, match=r"t\.out: cannot be written"):
        write(value, target)
    assert names(tmp_path) == ["t.out"]


@pytest.mark.parametrize(("write", "value"), [(write_parquet, TABLE), (write_json, {})])
def test_a_folder_that_is_a_file(tmp_path, write, value):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot be written"):
        write(value, tmp_path / "file" / "t.out")
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match="cannot be written"):
        write_json({}, tmp_path / "t.json")


def test_a_full_disk_leaves_what_was_there(tmp_path):
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    write_json("old", tmp_path / "t.json")
    before, old_handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(DataError, match="cannot be written"):
            write_json("x" * 100_000, tmp_path / "t.json")
        with pytest.raises(DataError, match="cannot be written"):
            write_parquet(pa.table({"x": list(range(100_000))}), tmp_path / "t.parquet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old_handler)
    assert read_json(tmp_path / "t.json") == "old"
    assert names(tmp_path) == ["t.json"]


def test_an_error_while_writing_that_is_no_disk_error_leaves_nothing_either(tmp_path):
    with pytest.raises(TypeError):
        write_json(object(), tmp_path / "t.json")
    with pytest.raises(AttributeError):
        write_parquet("no table", tmp_path / "t.parquet")
    assert names(tmp_path) == []


def test_a_reader_never_sees_half_a_file(tmp_path):
    path, value = tmp_path / "t.json", list(range(20_000))
    write_json(value, path)
    writers = [threading.Thread(target=lambda: [write_json(value, path) for _ in range(15)]) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert read_json(path) == value
    for writer in writers:
        writer.join()
    assert names(tmp_path) == ["t.json"]


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"{", b"[" * 100_000])
def test_files_that_cannot_be_read(tmp_path, content):
    for read, name in ((read_json, "t.json"), (read_parquet, "t.parquet")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=rf"{name}: cannot be read"):
            read(tmp_path / name)
    with pytest.raises(DataError, match="cannot be read"):
        read_parquet(tmp_path)
