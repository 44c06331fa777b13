"""`[enrich.expand]`: what query understanding is built from."""

import msgspec

from tilth.errors import ConfigError


class ExpandConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich.expand]`."""

    contexts_are_queries: bool = False
    """The titles of `[data.contexts]` are queries: judgments of them teach the model, and without a log they are the
    frequent ones."""
    head: int = 10_000
    """The most frequent queries, which are answered beforehand."""
    min_users: int = 5
    """What fewer people asked the log for is not written down, and what fewer clicked on teaches nothing."""
    folds: int = 5
    """Parts of the labelled queries; each is answered by a model that was built without it."""


def check_expand(config: ExpandConfig) -> None:
    """Raises ConfigError where a value is out of range."""
    for name, value, least, most in (
        ("head", config.head, 0, 1_000_000),
        ("min_users", config.min_users, 1, 1_000_000),
        ("folds", config.folds, 2, 20),
    ):
        if not least <= value <= most:
            raise ConfigError(f"[enrich.expand] {name} must lie between {least:,} and {most:,}, not {value}")
