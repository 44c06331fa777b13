"""What every answer cache must do, and what the one in a file must do besides."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tilth.errors import CacheError
from tilth.llm import CachedAnswer, MemoryCache, Reply, SqliteCache, Usage

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
FULL = Reply('{"why": "Zoë \x00 🙂"}', Usage(10, 2), 0.25, "stop", "m-2026", None, 0.0001)
BARE = Reply("", refusal="no")


def cached(fingerprint: str, reply: Reply = FULL) -> CachedAnswer:
    return CachedAnswer(fingerprint, reply, NOW)


@pytest.fixture(params=["memory", "sqlite"])
def cache(request, tmp_path):
    made = MemoryCache() if request.param == "memory" else SqliteCache(tmp_path / "new" / "answers.sqlite")
    yield made
    made.close()


class TestEveryCache:
    def test_gives_back_what_was_put(self, cache):
        cache.put(cached("a"))
        cache.put(cached("b", BARE))
        assert cache.get_many(["b", "unknown", "a"]) == {"a": cached("a"), "b": cached("b", BARE)}
        assert cache.count() == 2

    def test_knows_nothing_at_first(self, cache):
        assert cache.get_many(["a"]) == {}
        assert cache.get_many([]) == {}

    def test_the_first_answer_stays(self, cache):
        cache.put(cached("a", FULL))
        cache.put(cached("a", BARE))
        assert cache.get_many(["a"])["a"].reply == FULL

    def test_takes_more_fingerprints_than_a_statement_has_room_for(self, cache):
        for number in range(1203):
            cache.put(cached(str(number), BARE))
        assert len(cache.get_many(str(number) for number in range(-50, 5000))) == 1203

    def test_can_be_used_from_several_threads(self, cache):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: cache.put(cached(str(number))), range(200)))
        assert cache.count() == 200


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "answers.sqlite"


def refusal(path: Path) -> str:
    with pytest.raises(CacheError) as caught:
        SqliteCache(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_outlives_the_process(path):
    with SqliteCache(path) as cache:
        cache.put(cached("a"))
    with SqliteCache(path) as cache:
        assert cache.get_many(["a"]) == {"a": cached("a")}


WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from tilth.llm import CachedAnswer, Reply, SqliteCache
cache = SqliteCache(sys.argv[1])
for number in range(int(sys.argv[3])):
    cache.put(CachedAnswer(f"{sys.argv[2]}{number}", Reply("x"), datetime.now(UTC)))
if sys.argv[4] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
cache.close()
"""


def writer(path: Path, name: str, count: int, end: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), name, str(count), end], stderr=subprocess.PIPE)


def test_a_killed_process_loses_nothing_that_was_put(path):
    with writer(path, "a", 100, "die") as killed:
        _, stderr = killed.communicate()
    assert killed.returncode == -signal.SIGKILL, stderr
    with SqliteCache(path) as cache:
        assert cache.count() == 100


def test_several_processes_share_the_file(path):
    writers = [writer(path, name, 200, "close") for name in "abc"]
    for one in writers:
        _, stderr = one.communicate()
        assert one.returncode == 0, stderr
    with SqliteCache(path) as cache:
        assert cache.count() == 600


def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    path.write_bytes(b"grade,text\n" * 200)
    assert "not a database" in refusal(path)
    assert path.read_bytes() == b"grade,text\n" * 200


def test_a_damaged_file_is_refused(path):
    with SqliteCache(path) as cache:
        for number in range(500):
            cache.put(cached(str(number)))
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with SqliteCache(path) as cache, pytest.raises(CacheError, match="malformed"):
        cache.get_many([str(number) for number in range(500)])


def test_the_database_of_another_program_is_refused(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE answers (x)")
    other.close()
    assert "database of something else" in refusal(path)


def test_the_cache_of_another_version_is_refused(path):
    SqliteCache(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=99")
    other.close()
    assert "version 99" in refusal(path)


def test_a_folder_in_its_place_is_refused(path):
    path.mkdir()
    assert "cannot be opened" in refusal(path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be opened" in refusal(tmp_path / "file" / "answers.sqlite")


OPENER = """
import os, sys
from tilth.errors import CacheError
from tilth.llm import SqliteCache
if os.geteuid() == 0:
    os.setuid(65534)
try:
    SqliteCache(sys.argv[1])
except CacheError as exc:
    sys.exit(str(exc))
"""


def test_a_file_that_cannot_be_written_is_refused_at_once():
    # A process of its own, as it must not be root: file permissions do not bind root.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sqlite"
        SqliteCache(path).close()
        path.chmod(0o444)
        Path(folder).chmod(0o777)
        opened = subprocess.run([sys.executable, "-c", OPENER, str(path)], capture_output=True, text=True, check=False)
    assert opened.returncode == 1
    assert opened.stderr.startswith(f"{path}: answer cache cannot be opened: attempt to write a readonly database")


def test_a_statement_that_cannot_write_is_reported(path):
    with SqliteCache(path) as cache:
        breaker = sqlite3.connect(path)
        breaker.execute("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
        breaker.close()
        with pytest.raises(CacheError, match=r"cannot be written: disk is full\n  hint: free some space"):
            cache.put(cached("a"))


def test_a_closed_cache_says_so(path):
    cache = SqliteCache(path)
    cache.close()
    cache.close()
    with pytest.raises(CacheError, match="closed"):
        cache.get_many(["a"])
