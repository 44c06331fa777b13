"""A file outlives what happens to processes, machines and disks: kill -9, a power cut, a full disk, a read-only one."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_writer import CALL
from store_contract import cached

from tilth.errors import CacheError
from tilth.llm.reply import Reply
from tilth.llm.store import Account, Amount, Claim, Ledger, Settlement, SqliteStore

WRITER = Path(__file__).with_name("sqlite_writer.py")
LEDGERS = [Ledger("l")]


@contextmanager
def writing(path: Path, report: Path, batch: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that writes, until it is killed; yields once its first batch is kept."""
    report.touch()
    command = [sys.executable, str(WRITER), str(path), str(report), str(batch)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not reported(report)[0]:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        try:
            yield process
        finally:
            process.kill()


def reported(report: Path) -> tuple[int, int]:
    """Answers kept and length of the log, as of the last whole line."""
    lines = report.read_text().rpartition("\n")[0].splitlines()
    return tuple(map(int, lines[-1].split())) if lines else (0, 0)


def check(path: Path, kept: int) -> None:
    """The file is sound, holds at least the first `kept` answers, and its books agree with them."""
    with SqliteStore(path) as store:
        assert len(store.get_many(f"f{number}" for number in range(kept))) == kept
        store.reap()  # closes the claims of the dead process
        books, count = store.account("l"), store.count()
        assert books.spent.requests == count >= kept
        assert books.reserved == Amount()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def rounds(few: int, many: int) -> pytest.MarkDecorator:
    cases = [pytest.param(few, id="few"), pytest.param(many, id="many", marks=pytest.mark.slow)]
    return pytest.mark.parametrize("times", cases)


@rounds(3, 40)
def test_a_killed_process_loses_nothing_that_it_reported(tmp_path, times):
    rng = random.Random(times)
    for turn in range(times):
        path, report = tmp_path / f"{turn}.sqlite", tmp_path / f"{turn}.txt"
        with writing(path, report, batch=rng.choice([1, 7, 50])) as process:
            time.sleep(rng.uniform(0, 0.3))
            process.kill()
        assert process.returncode == -signal.SIGKILL
        check(path, reported(report)[0])


@rounds(8, 40)
def test_a_power_cut_loses_nothing_that_was_reported(tmp_path, times):
    # The process is stopped in the middle of whatever it does, and the files are copied as they are. What the log holds
    # beyond its length at the last report was not synced: it may be cut anywhere, or be anything.
    path, report, rng = tmp_path / "answers.sqlite", tmp_path / "report.txt", random.Random(times)
    with writing(path, report, batch=20) as process:
        for turn in range(times):
            time.sleep(rng.uniform(0, 0.05))
            process.send_signal(signal.SIGSTOP)
            os.waitpid(process.pid, os.WUNTRACED)
            kept, synced = reported(report)
            copy = tmp_path / f"copy{turn}.sqlite"
            shutil.copy(path, copy)
            log = tmp_path / f"{copy.name}-wal"
            shutil.copy(f"{path}-wal", log)
            process.send_signal(signal.SIGCONT)
            content = log.read_bytes()
            synced = min(synced, len(content))
            tail = content[synced : rng.randint(synced, len(content))]
            log.write_bytes(content[:synced] + (rng.randbytes(len(tail)) if rng.random() < 0.3 else tail))
            check_copy(copy, kept)
            for file in tmp_path.glob(f"{copy.name}*"):
                file.unlink()


def check_copy(path: Path, kept: int) -> None:
    # Its writer is alive, so its claims stay open.
    with SqliteStore(path) as store:
        assert len(store.get_many(f"f{number}" for number in range(kept))) == kept
        assert store.account("l").spent.requests == store.count()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_several_processes_share_a_file(tmp_path):
    # All ask the same questions; each answer is kept and paid for once.
    path, reports = tmp_path / "answers.sqlite", [tmp_path / f"{n}.txt" for n in range(3)]
    with writing(path, reports[0], 5), writing(path, reports[1], 7), writing(path, reports[2], 11):
        time.sleep(0.3)
    check(path, kept=0)


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A file system of 12 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk up but for `leave` bytes."""
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - leave))
    return filler


def large(name: str):
    return cached(name, Reply(name * 20_000))


def test_on_a_full_disk_what_is_in_flight_is_kept_and_no_more_is_asked(disk):
    path, names = disk / "answers.sqlite", [f"n{number}" for number in range(40)]
    with SqliteStore(path) as store, SqliteStore(path) as other:
        store.claim_many([Claim(name, CALL) for name in names], owner="a", lease_s=60, ledgers=LEDGERS)
        filler = fill(disk, leave=300_000)
        for name in names:  # 40 to 60 kB each
            store.settle_many([Settlement(name, large(name), spent=CALL)], owner="a")
        assert store.get_many(names) == {name: large(name) for name in names}
        for one in (store, other):
            with pytest.raises(CacheError, match=r"the disk is full, so nothing more is asked.*\n  hint: free some"):
                one.claim_many([Claim("x", CALL)], owner="a", lease_s=60, ledgers=LEDGERS)
        assert store.account("l") == Account(spent=Amount(0.4, 4000, 40))
    filler.unlink()
    with SqliteStore(path) as store:
        assert store.claim_many([Claim("x", CALL)], owner="a", lease_s=60, ledgers=LEDGERS)[0].state == "granted"
        assert store.count() == 40


def test_a_claim_that_cannot_be_written_grants_nothing(disk):
    path = disk / "answers.sqlite"
    claims = [Claim(f"n{number}" * 50, CALL) for number in range(5000)]
    with SqliteStore(path) as store:
        store.claim_many([Claim("before", CALL)], owner="a", lease_s=60, ledgers=LEDGERS)
        fill(disk, leave=0)
        with pytest.raises(CacheError, match=r"cannot be written: .*full\n  hint: free some space"):
            store.claim_many(claims, owner="a", lease_s=60, ledgers=LEDGERS)
        assert store.account("l") == Account(reserved=CALL)
        store.settle_many([Settlement("before", cached("before"), spent=CALL)], owner="a")
        assert store.account("l") == Account(spent=CALL)
        assert store.summary().open_claims == 0


def test_a_full_disk_is_found_when_opening(disk):
    path = disk / "answers.sqlite"
    SqliteStore(path).close()
    fill(disk, leave=0)
    with pytest.raises(CacheError, match=r"cannot be opened: .*\n  hint: free some space"):
        SqliteStore(path)


def test_a_read_only_disk_is_found_when_opening(disk):
    path = disk / "answers.sqlite"
    SqliteStore(path).close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for one in (path, disk / "new.sqlite", disk / "folder" / "new.sqlite"):
        with pytest.raises(CacheError, match="answer store cannot be opened") as caught:
            SqliteStore(one)
        assert str(one) in str(caught.value)


OPENER = """
import os, sys
from tilth.errors import CacheError
from tilth.llm.store import SqliteStore
if os.geteuid() == 0:
    os.setuid(65534)
try:
    SqliteStore(sys.argv[1])
except CacheError as exc:
    sys.exit(str(exc))
"""


def test_a_file_that_cannot_be_written_is_refused_at_once():
    # A process of its own, as it must not be root: file permissions do not bind root.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sqlite"
        SqliteStore(path).close()
        path.chmod(0o444)
        Path(folder).chmod(0o777)
        opened = subprocess.run([sys.executable, "-c", OPENER, str(path)], capture_output=True, text=True, check=False)
    assert opened.returncode == 1
    assert opened.stderr.startswith(f"{path}: answer store cannot be opened: attempt to write a readonly database")


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


FILLER = """
import sys
from datetime import UTC, datetime
from tilth.errors import CacheError
from tilth.llm.reply import Reply
from tilth.llm.store import CachedAnswer, SqliteStore
store = SqliteStore(sys.argv[1])
try:
    for number in range(100_000):
        store.put_many([CachedAnswer(f"f{number}", Reply("x" * 10_000), datetime.now(UTC))])
        print(number + 1, flush=True)
except CacheError as exc:
    sys.exit(str(exc))
"""


def test_where_the_last_room_is_used_up_too_the_file_stays_sound(tmp_path):
    # No file may grow beyond 5 MB, so giving the ballast's room free does not help.
    path = tmp_path / "answers.sqlite"
    command = [sys.executable, "-c", FILLER, str(path)]
    limit = 5 * 1024 * 1024
    filled = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=lambda: limit_files(limit))
    assert filled.returncode == 1
    assert f"{path}: answer store cannot be written: " in filled.stderr
    assert "hint: free some space" in filled.stderr
    kept = int(filled.stdout.split()[-1])
    assert kept > 100
    with SqliteStore(path) as store:
        assert store.count() == kept
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
