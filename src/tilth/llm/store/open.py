"""One way to open a store, whatever kind it is."""

from pathlib import Path

from tilth.errors import ConfigError
from tilth.llm.store.postgres import PostgresStore
from tilth.llm.store.sqlite import SqliteStore
from tilth.llm.store.store import Store


def open_store(place: str | Path) -> Store:
    """The store at a `postgresql://` URL, or in a SQLite file; made where there is none.

    Raises:
        CacheError: it cannot be opened.
        ConfigError: a URL of another kind.
        MissingExtraError: PostgreSQL is asked for and asyncpg is not installed.
    """
    if is_postgres(place):
        return PostgresStore(str(place))
    scheme, found, _ = str(place).partition("://")
    if found:
        raise ConfigError(f"a store cannot be at '{scheme}://'\n  hint: postgresql://..., or the path of a SQLite file")
    return SqliteStore(place)


def is_postgres(place: str | Path) -> bool:
    """Whether a store would be on a server."""
    return str(place).startswith(("postgresql://", "postgres://"))
