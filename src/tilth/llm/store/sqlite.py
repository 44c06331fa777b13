"""The store in one SQLite file, shared by any number of threads and processes of one machine."""

import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tilth.errors import CacheError
from tilth.llm.store import sqlite_sql as sql
from tilth.llm.store.ballast import Ballast
from tilth.llm.store.books import EMPTY, Changes, Closing, decide, give_up, settle
from tilth.llm.store.owner import is_dead
from tilth.llm.store.rows import (
    change_rows,
    claim_rows,
    columns,
    from_lines,
    micros,
    moment,
    read_books,
    read_held,
    storable,
    to_json,
)
from tilth.llm.store.sqlite_file import is_full, open_file, wrapped
from tilth.llm.store.store import (
    Account,
    Amount,
    CachedAnswer,
    Claim,
    Claimed,
    Ledger,
    ModelSummary,
    Settlement,
    Summary,
)

_CHUNK = 1_000


class SqliteStore:
    """Answers, claims and ledgers in one file, created where there is none.

    What a method returned from is synced to the disk. When the disk is full, claims are refused; what is in flight
    then can still be settled, in room that the file `<name>.ballast` held back, which is made again when the store is
    opened with room to spare.

    Args:
        now: seconds on the clock by which claims expire; the machine's, as all processes have to agree on it.

    Raises:
        CacheError: the file cannot be opened, read or written, is no database, or is not one of this version.
    """

    def __init__(self, path: str | Path, *, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = Path(path), now
        self._lock = threading.Lock()
        self._db = open_file(self._path)
        self._ballast = Ballast(self._path)
        self._ballast.load()

    def __enter__(self) -> "SqliteStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        return str(self._path)

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        wanted, found = list(fingerprints), dict[str, CachedAnswer]()
        with self._reading():
            for start in range(0, len(wanted), _CHUNK):
                (lines,) = self._one(sql.GET, to_json(wanted[start : start + _CHUNK]))
                found.update((answer.fingerprint, answer) for answer in from_lines(lines or ""))
        return found

    def put_many(self, answers: Iterable[CachedAnswer]) -> None:
        self._keep(to_json(columns(answers)), lambda: None)

    def claim_many(
        self, claims: Sequence[Claim], *, owner: str, lease_s: float, ledgers: Sequence[Ledger] = ()
    ) -> list[Claimed]:
        if not self._ballast.is_there():
            raise CacheError(
                f"{self._path}: the disk is full, so nothing more is asked; all answers that arrived are kept\n"
                "  hint: free some space, then run the same command again"
            )
        wanted = to_json([claim.fingerprint for claim in claims])
        with self._writing():
            lines, held, books = self._one(sql.LOOK, wanted, to_json([ledger.name for ledger in ledgers]))
            decision = decide(
                claims,
                owner=owner,
                now=self._now(),
                lease_s=lease_s,
                ledgers=ledgers,
                answers={answer.fingerprint: answer for answer in from_lines(lines or "")},
                held=read_held(held),
                books=read_books(books),
            )
            if decision.written:
                self._db.execute(sql.CLAIM, (to_json(claim_rows(decision.written.values())),))
            self._charge(decision.changes)
        return decision.verdicts

    def settle_many(self, settlements: Sequence[Settlement], *, owner: str) -> None:
        wanted = to_json([one.fingerprint for one in settlements])
        answers = [one.answer for one in settlements if one.answer is not None]

        def close() -> None:
            (held,) = self._one(sql.HELD, wanted)
            self._close(settle(settlements, owner=owner, held=read_held(held)))

        self._keep(to_json(columns(answers)), close)

    def extend(self, owner: str, lease_s: float) -> None:
        with self._writing():
            self._db.execute(sql.EXTEND, (self._now() + lease_s, owner))

    def release(self, owner: str, fingerprints: Iterable[str] | None = None) -> None:
        wanted = None if fingerprints is None else to_json(list(fingerprints))
        with self._writing():
            (held,) = self._one(sql.HELD_BY, owner, wanted, wanted)
            self._close(give_up(read_held(held).values(), into=None))

    def reap(self) -> int:
        with self._writing():
            owners = [owner for (owner,) in self._db.execute(sql.OWNERS)]
            (held,) = self._one(sql.LOST, self._now(), to_json([owner for owner in owners if is_dead(owner)]))
            closing = give_up(read_held(held).values(), into="uncertain")
            self._close(closing)
        return len(closing.closed)

    def account(self, ledger: str) -> Account:
        with self._reading():
            (books,) = self._one(sql.BOOKS, to_json([ledger]))
        return read_books(books).get(ledger, EMPTY).account()

    def ledgers(self) -> dict[str, Account]:
        with self._reading():
            (books,) = self._one(sql.ALL_BOOKS)
        return {name: one.account() for name, one in sorted(read_books(books).items())}

    def forgive(self, ledger: str) -> Amount:
        with self._writing():
            (books,) = self._one(sql.BOOKS, to_json([ledger]))
            self._db.execute(sql.FORGIVE, (ledger,))
        return read_books(books).get(ledger, EMPTY).uncertain.amount()

    def count(self) -> int:
        with self._reading():
            return self._one(sql.COUNT)[0]

    def summary(self) -> Summary:
        with self._reading():
            rows = self._db.execute(sql.BY_MODEL).fetchall()
            (open_claims,) = self._one(sql.COUNT_CLAIMS)
            (size,) = self._one(sql.SIZE)
        models = [ModelSummary(*row[:6], oldest=moment(row[6]), newest=moment(row[7])) for row in rows]
        return Summary(tuple(models), open_claims, size)

    def scan(self) -> Iterator[CachedAnswer]:
        after = (-(2**63), 0)
        while True:
            with self._reading():
                rows = self._db.execute(sql.SCAN, (*after, _CHUNK)).fetchall()
            yield from from_lines(",".join(line for line, *_ in rows))
            if len(rows) < _CHUNK:
                return
            after = rows[-1][1:]

    def prune(self, *, before: datetime | None = None, model: str | None = None) -> int:
        if before is None and model is None:
            raise ValueError("name a moment, a model, or both")
        age = None if before is None else micros(before)
        with self._writing():
            return self._db.execute(sql.PRUNE, (age, age, *[storable(model)] * 2)).rowcount

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _keep(self, answers: str, close: Callable[[], None]) -> None:
        """Write answers that were paid for, and what `close` does, in one transaction; if need be in the last room."""
        try:
            self._write_answers(answers, close)
        except CacheError as exc:
            if not (isinstance(exc.__cause__, sqlite3.Error) and is_full(exc.__cause__)):
                raise
            self._ballast.drop()  # or another process did so just now
            self._write_answers(answers, close)

    def _write_answers(self, answers: str, close: Callable[[], None]) -> None:
        with self._writing():
            if answers != "[]":
                self._db.execute(sql.PUT, (answers,))
            close()

    def _close(self, closing: Closing) -> None:
        if closing.closed:
            self._db.execute(sql.CLOSE, (to_json(closing.closed),))
        self._charge(closing.changes)

    def _charge(self, changes: Changes) -> None:
        rows = change_rows(changes)
        if rows:
            self._db.execute(sql.CHARGE, (to_json(rows),))

    def _one(self, statement: str, *values: Any) -> Any:
        return self._db.execute(statement, values).fetchone()

    @contextmanager
    def _reading(self) -> Generator[None]:
        with wrapped(self._path, "read"), self._lock:
            yield

    @contextmanager
    def _writing(self) -> Generator[None]:
        with wrapped(self._path, "written"), self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
