"""The store as an event loop sees it: calls are gathered while a commit runs and go into the next one together."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.errors import CacheError
from tilth.llm.store import CachedAnswer, Claim, Claimed, Ledger, Settlement, Store

LEASE_S = 60.0
_MOST = 4096  # operations in one batch: a bound on how long a commit may take
_BUSY = (
    16  # from so many operations in a batch on, the next one is gathered for a while: a commit costs the same for all
)
_GATHER_S = 0.005

Kept = Callable[[CacheError | None], None]


@dataclass(frozen=True)
class _Operation:
    """Something to do, and who hears of it, in which loop."""

    kind: str
    what: Sequence[Any]
    heard: Callable[[Any, CacheError | None], None]
    loop: asyncio.AbstractEventLoop


class Journal:
    """Runs a store in a thread of its own and speaks for one owner.

    The thread takes all that waits, settles before it claims before it looks up, and commits each kind once, so the
    cost of a synced commit is shared by all calls that ended while the last one ran. It also keeps the claims alive.
    Can serve several event loops, one after the other or at once.
    """

    def __init__(self, store: Store, owner: str, *, ledgers: Sequence[Ledger] = (), lease_s: float = LEASE_S) -> None:
        self._store, self._owner, self._ledgers, self._lease_s = store, owner, tuple(ledgers), lease_s
        self._inbox = queue.SimpleQueue[_Operation | None]()
        self._thread: threading.Thread | None = None
        self._claiming = False

    async def lookup(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        """Those of the fingerprints that are known."""
        return await self._ask("lookup", list(fingerprints))

    async def claim(self, claims: Sequence[Claim]) -> list[Claimed]:
        """One verdict per claim, in order. Who is cancelled while the store decides holds none of them afterwards."""
        self._claiming = True
        asked = asyncio.ensure_future(self._ask("claim", claims))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            await self.release(_granted(claims, await asked))
            raise

    def settle(self, settlement: Settlement, kept: Kept) -> None:
        """Close a claim; `kept` is called in the running loop when that is safe on disk, or with what went wrong."""
        self._put(_Operation("settle", (settlement,), lambda _, error: kept(error), asyncio.get_running_loop()))

    async def release(self, fingerprints: Sequence[str]) -> None:
        """Give up claims whose calls were never sent."""
        await self._ask("release", fingerprints)

    def close(self) -> None:
        """Do what waits, and end the thread. The store stays open: it belongs to whoever opened it."""
        if self._thread is not None:
            self._inbox.put(None)
            self._thread.join()
            self._thread = None

    async def _ask(self, kind: str, what: Sequence[Any]) -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def heard(result: Any, error: CacheError | None) -> None:
            if future.done():  # cancelled meanwhile
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self._put(_Operation(kind, what, heard, loop))
        return await future

    def _put(self, operation: _Operation) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="tilth-journal", daemon=True)
            self._thread.start()
        self._inbox.put(operation)

    def _run(self) -> None:
        beat_s = self._lease_s / 3
        due = time.monotonic() + beat_s
        going, batch = True, list[_Operation]()
        while going:
            if len(batch) >= _BUSY:
                time.sleep(_GATHER_S)
            batch, going = self._next(max(0.0, due - time.monotonic()))
            for kind in ("settle", "release", "claim", "lookup"):
                if some := [one for one in batch if one.kind == kind]:
                    self._do(kind, some)
            if time.monotonic() >= due:
                due = time.monotonic() + beat_s
                self._keep_alive()

    def _next(self, wait_s: float) -> tuple[list[_Operation], bool]:
        """All that waits, at least one unless it takes longer than `wait_s`; and whether more may come."""
        batch: list[_Operation] = []
        try:
            one = self._inbox.get(timeout=wait_s)
            while one is not None and len(batch) < _MOST:
                batch.append(one)
                one = self._inbox.get_nowait()
        except queue.Empty:
            return batch, True
        if one is not None:
            batch.append(one)
        return batch, one is not None

    def _do(self, kind: str, operations: list[_Operation]) -> None:
        """One call to the store for all operations of a kind; what it gives is handed back to each."""
        what = [entry for operation in operations for entry in operation.what]
        error, results = None, list[Any]()
        try:
            found = self._call(kind, what)
            at = 0
            for operation in operations:
                results.append(found[at : at + len(operation.what)] if kind == "claim" else found)
                at += len(operation.what)
        except CacheError as exc:
            error, results = exc, [None] * len(operations)
        heard: dict[asyncio.AbstractEventLoop, list[tuple[_Operation, Any]]] = {}
        for operation, result in zip(operations, results, strict=True):
            heard.setdefault(operation.loop, []).append((operation, result))
        for loop, some in heard.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_deliver, some, error)

    def _call(self, kind: str, what: list[Any]) -> Any:
        match kind:
            case "settle":
                return self._store.settle_many(what, owner=self._owner)
            case "release":
                return self._store.release(self._owner, what)
            case "claim":
                return self._store.claim_many(what, owner=self._owner, lease_s=self._lease_s, ledgers=self._ledgers)
            case _:
                return self._store.get_many(what)

    def _keep_alive(self) -> None:
        if not self._claiming:
            return
        try:
            self._store.extend(self._owner, self._lease_s)
        except CacheError:
            # The next claim or settlement meets the same trouble and says so to someone who can act on it.
            return


def _deliver(heard: list[tuple[_Operation, Any]], error: CacheError | None) -> None:
    for operation, result in heard:
        operation.heard(result, error)


def _granted(claims: Sequence[Claim], verdicts: Sequence[Claimed]) -> list[str]:
    return [one.fingerprint for one, verdict in zip(claims, verdicts, strict=True) if verdict.state == "granted"]
