"""Writing a table batch by batch: whole or not at all."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_project import rows_of

from tilth.apps.project.output import TableWriter
from tilth.errors import DataError

BATCHES = [pa.table({"id": ["a", "b"], "p": [0.5, None]}), pa.table({"id": ['c,"'], "p": [1.0]})]


def write(path: Path, batches: Iterable[pa.Table] = BATCHES) -> None:
    with TableWriter(path) as writer:
        for batch in batches:
            writer.write(batch)


def broken_off(trouble: type[BaseException]) -> Iterator[pa.Table]:
    yield BATCHES[0]
    raise trouble


def test_batches_become_one_csv(tmp_path: Path) -> None:
    write(tmp_path / "out.csv")
    assert rows_of(tmp_path / "out.csv") == [
        {"id": "a", "p": "0.5"},
        {"id": "b", "p": ""},
        {"id": 'c,"', "p": "1"},
    ]


def test_batches_become_one_parquet_in_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "out.parquet"
    write(path)
    assert pq.read_table(path) == pa.concat_tables(BATCHES)
    assert [one.name for one in path.parent.iterdir()] == ["out.parquet"]


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_an_error_leaves_what_was_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    path.write_text("as it was")
    for trouble in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(trouble):
            write(path, broken_off(trouble))
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_seen_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with TableWriter(path) as writer:
        writer.write(BATCHES[0])
        assert not path.exists()
    assert path.exists()


def test_a_finished_file_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("as it was")
    write(path)
    assert len(rows_of(path)) == 3


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.csv.gz", "out.json"])
def test_other_endings_are_refused_before_anything_is_done(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"can only write .csv or .parquet"):
        TableWriter(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"out\.csv: cannot be written"):
        write(tmp_path / "file" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match=r"folder\.csv: cannot be written"):
        write(tmp_path / "folder.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_table_that_does_not_fit_is_named_and_leaves_nothing(tmp_path: Path, ending: str) -> None:
    other: list[Any] = [BATCHES[0], pa.table({"id": [1]})]
    with pytest.raises(DataError, match="cannot be written"):
        write(tmp_path / f"out{ending}", other)
    assert not list(tmp_path.iterdir())


def test_a_list_has_no_place_in_csv(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write(tmp_path / "out.csv", [pa.table({"tags": [["a", "b"]]})])
    assert not list(tmp_path.iterdir())
