"""Opening the SQLite file of a store: its tables, its version, and errors that say what to do."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tilth.errors import CacheError

_APPLICATION_ID = 0x54494C54  # "TILT": tells this file from any other program's database
_VERSION = 2
_BUSY_S = 60.0
_STATEMENTS = 64
_CACHE_KIB = 64 * 1024  # fingerprints are random: with SQLite's 2 MB most of them would be looked up in the file
_CHECKPOINT_PAGES = 4_000  # 16 MB of log: a page of the index that changed often is copied into the file once
_TABLES = (
    """
    CREATE TABLE answers (
        id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, model TEXT, created_at INTEGER NOT NULL,
        prompt_tokens INTEGER, completion_tokens INTEGER, cost_usd REAL, line TEXT NOT NULL
    )
    """,
    "CREATE INDEX answers_by_age ON answers (created_at)",
    """
    CREATE TABLE claims (
        fingerprint TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at REAL NOT NULL,
        nano_usd INTEGER NOT NULL, tokens INTEGER NOT NULL, requests INTEGER NOT NULL, ledgers TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX claims_by_owner ON claims (owner)",
    """
    CREATE TABLE ledgers (
        name TEXT PRIMARY KEY,
        spent_nano_usd INTEGER NOT NULL, spent_tokens INTEGER NOT NULL, spent_requests INTEGER NOT NULL,
        reserved_nano_usd INTEGER NOT NULL, reserved_tokens INTEGER NOT NULL, reserved_requests INTEGER NOT NULL,
        uncertain_nano_usd INTEGER NOT NULL, uncertain_tokens INTEGER NOT NULL, uncertain_requests INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the store's file, made where there is none; every commit on it is synced to the disk.

    Raises:
        CacheError: the file cannot be opened or written, is no database, or is not one of this version.
    """
    with wrapped(path, "opened"):
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(
            path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
        )
    try:
        with wrapped(path, "opened"):
            _prepare(db, path)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def wrapped(path: Path, done: str) -> Generator[None]:
    """Turn what SQLite and the system raise into a `CacheError` that names the file and says what to do."""
    try:
        yield
    except sqlite3.ProgrammingError as exc:
        raise CacheError(f"{path}: answer store cannot be {done}: {exc}") from exc
    except sqlite3.DatabaseError as exc:
        raise CacheError(f"{path}: answer store cannot be {done}: {exc}\n  hint: {_hint(exc)}") from exc
    except OSError as exc:
        raise CacheError(f"{path}: answer store cannot be {done}: {exc.strerror or exc}") from exc


def is_full(exc: sqlite3.Error) -> bool:
    """Whether the disk has no room. A write or sync that the system refuses looks like an I/O error and may mean it."""
    code = exc.sqlite_errorcode if hasattr(exc, "sqlite_errorcode") else None
    return code in _FULL or "full" in str(exc)


_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_TRUNCATE,
}


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    _use_wal(db)
    db.execute("PRAGMA synchronous=FULL")
    db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    db.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    db.execute("BEGIN IMMEDIATE")
    try:
        _create_or_check(db, path)
        # Writing, if only what stands there, finds a file that cannot be written before an answer is paid for.
        db.execute(f"PRAGMA user_version={_VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _use_wal(db: sqlite3.Connection) -> None:
    # Changing the journal does not wait for other processes as statements do, so several that start together
    # have to take turns here.
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _create_or_check(db: sqlite3.Connection, path: Path) -> None:
    if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        for table in _TABLES:
            db.execute(table)
        db.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        return
    if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise CacheError(f"{path}: is a database of something else\n  hint: name a file of its own")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != _VERSION:
        raise CacheError(
            f"{path}: answer store has version {version}, this Tilth reads {_VERSION}\n"
            "  hint: use the Tilth that wrote it, or name a new file"
        )


def _hint(exc: sqlite3.DatabaseError) -> str:
    text = str(exc)
    if "not a database" in text or "malformed" in text:
        return "the file is damaged or something else; move it away, or name another"
    if "locked" in text:
        return "another process holds the file; let it finish"
    if is_full(exc):
        return "free some space; what was stored so far is kept"
    return "check that the file and its folder can be written"
