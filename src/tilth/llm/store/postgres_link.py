"""One connection to a PostgreSQL server, for callers that are not asynchronous, made again when it drops."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from tilth.errors import CacheError, ConfigError, MissingExtraError

T = TypeVar("T")

_CONNECT_S = 10.0
_COMMAND_S = 120.0
_PAUSES_S = (0.0, 0.5, 1.0, 2.0, 4.0)
_SETTINGS = {
    "application_name": "tilth",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "60s",  # who stops in the middle must not hold up all the others
}


class Link:
    """Runs work on a connection, in an event loop that has a thread of its own; one piece of work at a time.

    Work that meets a dropped connection is done again from its start on a new one, so it must be safe to repeat.

    Raises:
        ConfigError: `url` is none of PostgreSQL.
        MissingExtraError: asyncpg is not installed.
    """

    def __init__(self, url: str) -> None:
        self._pg = _asyncpg()
        # What comes when a connection ends in the middle of things is none of its documented errors.
        self._failures = (OSError, self._pg.PostgresError, self._pg.InterfaceError, self._pg.InternalClientError)
        self._url = url
        self.place, self._secrets = _without_password(url)
        self._connection: Any = None
        self._turn = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tilth-postgres", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Any], Awaitable[T]], *, patient: bool = True) -> T:
        """What `work` returns, which is given the connection. Not `patient`: the first failure counts.

        Raises:
            CacheError: the server cannot be reached, or refuses.
        """
        if self._loop.is_closed():
            raise CacheError(f"{self.place}: answer store is closed")
        return self._wait(self._wrapped(work, _PAUSES_S if patient else ()))

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self._wait(self._drop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    async def _wrapped(self, work: Callable[[Any], Awaitable[T]], pauses: tuple[float, ...]) -> T:
        try:
            async with self._turn:
                return await self._repeated(work, pauses)
        except self._failures as exc:
            raise CacheError(f"{self.place}: {self._explain(exc)}") from exc

    async def _repeated(self, work: Callable[[Any], Awaitable[T]], pauses: tuple[float, ...]) -> T:
        for pause in pauses:
            try:
                return await work(await self._connected())
            except self._failures as exc:
                if not self._may_pass(exc):
                    raise
                await self._drop()
                await asyncio.sleep(pause)
        return await work(await self._connected())

    async def _connected(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._pg.connect(
                self._url, timeout=_CONNECT_S, command_timeout=_COMMAND_S, server_settings=_SETTINGS
            )
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()
            await asyncio.sleep(0)  # lets the socket go

    def _may_pass(self, exc: BaseException) -> bool:
        pg = self._pg
        lost = (OSError, pg.PostgresConnectionError, pg.InternalClientError, pg.OperatorInterventionError)
        busy = (pg.TooManyConnectionsError, pg.TransactionRollbackError)
        return isinstance(exc, (*lost, *busy)) or type(exc) is pg.InterfaceError

    def _explain(self, exc: BaseException) -> str:
        pg = self._pg
        if isinstance(exc, (OSError, pg.PostgresConnectionError, pg.CannotConnectNowError)):
            why = self._hide(str(exc)) or "no answer in time"
            return f"the answer store's server cannot be reached: {why}\n  hint: check host and port, and that it runs"
        if isinstance(exc, pg.InvalidAuthorizationSpecificationError):
            return "the answer store's server refuses the user or the password\n  hint: check them in the URL"
        if isinstance(exc, pg.InvalidCatalogNameError):
            return "there is no such database\n  hint: create it, or name another in the URL"
        if isinstance(exc, pg.InsufficientPrivilegeError):
            return f"{exc}\n  hint: grant the user CREATE on the schema, or let its owner open the store first"
        if isinstance(exc, pg.DiskFullError):
            return f"the server's disk is full: {exc}\n  hint: free some space there; what was stored is kept"
        return f"answer store cannot be used: {self._hide(str(exc))}"

    def _hide(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _asyncpg() -> Any:
    try:
        import asyncpg
    except ImportError as exc:
        raise MissingExtraError("a store in PostgreSQL", "postgres") from exc
    return asyncpg


def _without_password(url: str) -> tuple[str, list[str]]:
    """The URL as it may be shown, and what must never be."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        parts = None
        host = ""
    if parts is None or parts.scheme not in ("postgresql", "postgres"):
        raise ConfigError("the store's URL cannot be read\n  hint: postgresql://user:password@host:5432/database")
    user = f"{parts.username}@" if parts.username else ""
    secrets = {parts.password or "", unquote(parts.password or ""), *parse_qs(parts.query).get("password", [])}
    return f"postgresql://{user}{host}{parts.path}", sorted(secrets - {""}, key=len, reverse=True)
