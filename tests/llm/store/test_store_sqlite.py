"""The store in a file keeps the contract, and what a file must do besides."""

import os
import sqlite3
from pathlib import Path

import pytest
from store_contract import StoreContract, cached

from tilth.errors import CacheError
from tilth.llm.store import SqliteStore


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def clock(self):
        return [1_790_000_000.0]

    @pytest.fixture
    def store(self, tmp_path, clock):
        with SqliteStore(tmp_path / "new" / "answers.sqlite", now=lambda: clock[0]) as store:
            yield store

    @pytest.fixture
    def wait(self, clock):
        def wait(seconds: float) -> None:
            clock[0] += seconds

        return wait

    def test_says_how_large_it_is(self, store, tmp_path):
        store.put_many([cached("a")])
        assert store.summary().size_bytes > 8192


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "answers.sqlite"


def refusal(path: Path) -> str:
    with pytest.raises(CacheError) as caught:
        SqliteStore(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_outlives_the_process(path):
    with SqliteStore(path) as store:
        store.put_many([cached("a")])
    with SqliteStore(path) as store:
        assert store.get_many(["a"]) == {"a": cached("a")}


def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    path.write_bytes(b"grade,text\n" * 200)
    assert "not a database" in refusal(path)
    assert path.read_bytes() == b"grade,text\n" * 200


def test_a_damaged_file_is_refused(path):
    with SqliteStore(path) as store:
        store.put_many(cached(str(number)) for number in range(500))
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with SqliteStore(path) as store, pytest.raises(CacheError, match=r"(?s)malformed.*the file is damaged"):
        store.get_many([str(number) for number in range(500)])


def test_the_database_of_another_program_is_refused(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE answers (x)")
    other.close()
    assert "database of something else" in refusal(path)


@pytest.mark.parametrize("version", [1, 99])
def test_the_store_of_another_version_is_refused(path, version):
    SqliteStore(path).close()
    other = sqlite3.connect(path)
    other.execute(f"PRAGMA user_version={version}")
    other.close()
    assert f"version {version}, this Tilth reads 2\n  hint: use the Tilth that wrote it" in refusal(path)


def test_a_folder_in_its_place_is_refused(path):
    path.mkdir()
    assert "cannot be opened" in refusal(path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be opened" in refusal(tmp_path / "file" / "answers.sqlite")


def test_a_closed_store_says_so(path):
    store = SqliteStore(path)
    store.close()
    store.close()
    with pytest.raises(CacheError, match="closed"):
        store.get_many(["a"])
