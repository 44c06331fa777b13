"""`[store]`: where answers, claims and ledgers are kept."""

import msgspec


class StoreConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[store]`. Neither key: a SQLite file in the work folder."""

    url: str | None = None
    """`postgresql://...`, or the path of a SQLite file relative to tilth.toml."""
    url_env: str | None = None
    """Name of the environment variable that holds the URL, so that its password stands in no file."""
