"""The answer cache in one SQLite file, shared by any number of processes on one machine."""

import sqlite3
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tilth.errors import CacheError
from tilth.llm.cache import CachedAnswer
from tilth.llm.reply import Reply, Usage

_APPLICATION_ID = 0x54494C54  # "TILT": tells this file from any other program's database
_VERSION = 1
_BUSY_S = 30.0
_CHUNK = 500  # stays below SQLite's limit on parameters in one statement
_COLUMNS = (
    "fingerprint, text, prompt_tokens, completion_tokens, cost_usd, "
    "latency_s, model, finish_reason, refusal, created_at"
)
_CREATE = """
CREATE TABLE answers (
    fingerprint TEXT PRIMARY KEY, text TEXT NOT NULL, prompt_tokens INTEGER, completion_tokens INTEGER, cost_usd REAL,
    latency_s REAL, model TEXT, finish_reason TEXT, refusal TEXT, created_at TEXT NOT NULL
) WITHOUT ROWID
"""


class SqliteCache:
    """Replies in the table `answers` of one file, created where there is none.

    Each `put` is a transaction of its own: a process killed right after it loses nothing, a machine that loses power
    may lose the last moments. Can be used from several threads, and the file by several processes at once.

    Raises:
        CacheError: the file cannot be opened, read or written, is no database, or is not one of this version.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        with self._wrapped("opened"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            with self._wrapped("opened"):
                self._prepare()
        except CacheError:
            self._db.close()
            raise

    def __enter__(self) -> "SqliteCache":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def count(self) -> int:
        with self._wrapped("read"), self._lock:
            return self._db.execute("SELECT count(*) FROM answers").fetchone()[0]

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        wanted, found = list(fingerprints), list[Any]()
        with self._wrapped("read"), self._lock:
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT {_COLUMNS} FROM answers WHERE fingerprint IN ({marks})"  # noqa: S608 - only ? marks
                found += self._db.execute(query, chunk).fetchall()
        return {row[0]: _from_row(row) for row in found}

    def put(self, answer: CachedAnswer) -> None:
        row = _to_row(answer)
        statement = f"INSERT OR IGNORE INTO answers ({_COLUMNS}) VALUES ({','.join('?' * len(row))})"  # noqa: S608
        with self._wrapped("written"), self._lock:
            self._db.execute(statement, row)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _prepare(self) -> None:
        self._use_wal()
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._create_or_check()
            # Writing, if only what stands there, finds a file that cannot be written before an answer is paid for.
            self._db.execute(f"PRAGMA user_version={_VERSION}")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _use_wal(self) -> None:
        # Changing the journal does not wait for other processes as statements do, so several that start together
        # have to take turns here.
        deadline = time.monotonic() + _BUSY_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as exc:
                if "locked" not in str(exc) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _create_or_check(self) -> None:
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._db.execute(_CREATE)
            self._db.execute(f"PRAGMA application_id={_APPLICATION_ID}")
            return
        if self._db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise CacheError(f"{self._path}: is a database of something else\n  hint: name a file of its own")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION:
            raise CacheError(
                f"{self._path}: answer cache has version {version}, this Tilth reads {_VERSION}\n"
                "  hint: use the Tilth that wrote it, or name a new file"
            )

    @contextmanager
    def _wrapped(self, done: str) -> Generator[None]:
        try:
            yield
        except sqlite3.ProgrammingError as exc:
            raise CacheError(f"{self._path}: answer cache cannot be {done}: {exc}") from exc
        except sqlite3.DatabaseError as exc:
            raise CacheError(f"{self._path}: answer cache cannot be {done}: {exc}\n  hint: {_hint(exc)}") from exc
        except OSError as exc:
            raise CacheError(f"{self._path}: answer cache cannot be {done}: {exc.strerror or exc}") from exc


def _hint(exc: sqlite3.DatabaseError) -> str:
    text = str(exc)
    if "not a database" in text or "malformed" in text:
        return "the file is damaged or something else; move it away, or name another"
    if "locked" in text:
        return "another process holds the file; let it finish"
    if "full" in text:
        return "free some space; what was stored so far is kept"
    return "check that the file and its folder can be written"


def _to_row(answer: CachedAnswer) -> tuple[Any, ...]:
    reply = answer.reply
    usage = reply.usage
    known = (usage.prompt_tokens, usage.completion_tokens, reply.cost_usd, reply.latency_s)
    named = (reply.model, reply.finish_reason, reply.refusal)
    return (answer.fingerprint, reply.text, *known, *named, answer.created_at.isoformat())


def _from_row(row: Any) -> CachedAnswer:
    fingerprint, text, prompt, completion, cost_usd, latency_s, model, finish_reason, refusal, created_at = row
    reply = Reply(text, Usage(prompt, completion), latency_s, finish_reason, model, refusal, cost_usd)
    return CachedAnswer(fingerprint, reply, datetime.fromisoformat(created_at))
