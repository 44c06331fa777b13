"""The store in a PostgreSQL database, shared by processes on any number of machines."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tilth.errors import CacheError
from tilth.llm.store import postgres_sql as sql
from tilth.llm.store.books import EMPTY, Changes, Closing, decide, give_up, settle
from tilth.llm.store.owner import is_dead
from tilth.llm.store.postgres_link import Link
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
)
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


class PostgresStore:
    """Answers, claims and ledgers in the tables `tilth_*` of one database, made where there are none.

    Claims expire by the server's clock. All that changes claims or ledgers takes turns, under an advisory lock, so that
    limits hold whoever asks. A connection that drops is made again, and what it was doing is repeated.

    Args:
        url: `postgresql://user:password@host:port/database`; the password is never shown.

    Raises:
        CacheError: the server cannot be reached, refuses the user, has no such database, or its tables are of another
            version.
        ConfigError: the URL is none.
        MissingExtraError: asyncpg is not installed.
    """

    def __init__(self, url: str) -> None:
        self._link = Link(url)
        try:
            self._link.run(self._prepare, patient=False)
        except BaseException:
            self._link.close()
            raise

    def __enter__(self) -> "PostgresStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        return self._link.place

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        wanted, found = list(fingerprints), dict[str, CachedAnswer]()
        for start in range(0, len(wanted), _CHUNK):
            lines = self._value(sql.GET, wanted[start : start + _CHUNK])
            found.update((answer.fingerprint, answer) for answer in from_lines(lines or ""))
        return found

    def put_many(self, answers: Iterable[CachedAnswer]) -> None:
        rows = columns(answers)

        async def work(db: Any) -> None:
            await _write(db, answers=rows)

        self._link.run(work)

    def claim_many(
        self, claims: Sequence[Claim], *, owner: str, lease_s: float, ledgers: Sequence[Ledger] = ()
    ) -> list[Claimed]:
        wanted, names = [claim.fingerprint for claim in claims], [ledger.name for ledger in ledgers]

        async def work(db: Any) -> list[Claimed]:
            async with _alone(db):
                now, lines, held, books = await db.fetchrow(sql.LOOK, wanted, names)
                decision = decide(
                    claims,
                    owner=owner,
                    now=now,
                    lease_s=lease_s,
                    ledgers=ledgers,
                    answers={answer.fingerprint: answer for answer in from_lines(lines or "")},
                    held=read_held(held),
                    books=read_books(books),
                )
                if decision.written:
                    rows = claim_rows(decision.written.values())
                    await _write(db, opened=rows, changes=decision.changes)
            return decision.verdicts

        return self._link.run(work)

    def settle_many(self, settlements: Sequence[Settlement], *, owner: str) -> None:
        wanted = [one.fingerprint for one in settlements]
        answers = columns(one.answer for one in settlements if one.answer is not None)

        async def work(db: Any) -> None:
            async with _alone(db):
                held = read_held(await db.fetchval(sql.HELD, wanted))
                await _close(db, settle(settlements, owner=owner, held=held), answers)

        self._link.run(work)

    def extend(self, owner: str, lease_s: float) -> None:
        async def work(db: Any) -> None:
            async with _alone(db):
                await db.execute(sql.EXTEND, owner, lease_s)

        self._link.run(work)

    def release(self, owner: str, fingerprints: Iterable[str] | None = None) -> None:
        wanted = None if fingerprints is None else list(fingerprints)

        async def work(db: Any) -> None:
            async with _alone(db):
                held = read_held(await db.fetchval(sql.HELD_BY, owner, wanted))
                await _close(db, give_up(held.values(), into=None))

        self._link.run(work)

    def reap(self) -> int:
        async def work(db: Any) -> int:
            async with _alone(db):
                owners = [row["owner"] for row in await db.fetch(sql.OWNERS)]
                held = read_held(await db.fetchval(sql.LOST, [owner for owner in owners if is_dead(owner)]))
                await _close(db, give_up(held.values(), into="uncertain"))
                return len(held)

        return self._link.run(work)

    def account(self, ledger: str) -> Account:
        return read_books(self._value(sql.BOOKS, [ledger])).get(ledger, EMPTY).account()

    def ledgers(self) -> dict[str, Account]:
        return {name: books.account() for name, books in sorted(read_books(self._value(sql.ALL_BOOKS)).items())}

    def forgive(self, ledger: str) -> Amount:
        async def work(db: Any) -> Amount:
            async with _alone(db):
                books = read_books(await db.fetchval(sql.BOOKS, [ledger])).get(ledger, EMPTY)
                await db.execute(sql.FORGIVE, ledger)
            return books.uncertain.amount()

        return self._link.run(work)

    def count(self) -> int:
        return self._value(sql.COUNT)

    def summary(self) -> Summary:
        async def work(db: Any) -> Summary:
            rows = await db.fetch(sql.BY_MODEL)
            models = [ModelSummary(*row[:6], oldest=moment(row[6]), newest=moment(row[7])) for row in map(tuple, rows)]
            return Summary(tuple(models), await db.fetchval(sql.COUNT_CLAIMS), await db.fetchval(sql.SIZE))

        return self._link.run(work)

    def scan(self) -> Iterator[CachedAnswer]:
        after = (-(2**63), 0)
        while True:
            rows = self._rows(sql.SCAN, *after, _CHUNK)
            yield from from_lines(",".join(line for line, *_ in rows))
            if len(rows) < _CHUNK:
                return
            after = rows[-1][1:]

    def prune(self, *, before: datetime | None = None, model: str | None = None) -> int:
        if before is None and model is None:
            raise ValueError("name a moment, a model, or both")

        async def work(db: Any) -> int:
            status = await db.execute(sql.PRUNE, None if before is None else micros(before), storable(model))
            return int(status.rpartition(" ")[2])  # "DELETE 3"

        return self._link.run(work)

    def close(self) -> None:
        self._link.close()

    async def _prepare(self, db: Any) -> None:
        encoding = await db.fetchval(sql.ENCODING)
        if encoding != "UTF8":
            raise CacheError(
                f"{self._link.place}: the database's encoding is {encoding}\n"
                "  hint: create one with ENCODING 'UTF8' TEMPLATE template0"
            )
        async with _alone(db):
            if not await db.fetchval(sql.HAS_STORE):
                await db.execute(sql.CREATE)
            version = await db.fetchval(sql.READ_VERSION)
        if version != sql.VERSION:
            raise CacheError(
                f"{self._link.place}: answer store has version {version}, this Tilth reads {sql.VERSION}\n"
                "  hint: use the Tilth that wrote it, or name another database"
            )

    def _value(self, statement: str, *values: Any) -> Any:
        return self._link.run(lambda db: db.fetchval(statement, *values))

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        return [tuple(row) for row in self._link.run(lambda db: db.fetch(statement, *values))]


@asynccontextmanager
async def _alone(db: Any) -> AsyncGenerator[None]:
    """A transaction that no other one which changes claims or ledgers runs beside."""
    await db.execute(sql.BEGIN)
    try:
        yield
    except BaseException:
        if not db.is_closed():
            await db.execute("ROLLBACK")
        raise
    await db.execute("COMMIT")


async def _close(db: Any, closing: Closing, answers: Sequence[tuple[Any, ...]] = ()) -> None:
    await _write(db, answers=answers, closed=closing.closed, changes=closing.changes)


async def _write(
    db: Any,
    *,
    answers: Sequence[tuple[Any, ...]] = (),
    closed: Sequence[str] = (),
    opened: Sequence[tuple[Any, ...]] = (),
    changes: Changes | None = None,
) -> None:
    """All that a method changes, in one round trip."""
    # In one order for all: two that insert the same answers then wait for each other in turn, never crosswise.
    put = _arrays(sorted(answers, key=lambda row: row[0]), 7)
    sums = _arrays(change_rows(changes) if changes is not None else [], 10)
    await db.execute(sql.WRITE, *put, list(closed), *_arrays(opened, 7), *sums)


def _arrays(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """The columns of rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
