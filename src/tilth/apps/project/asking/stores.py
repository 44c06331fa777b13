"""Where a project's answers, claims and ledgers are kept, and the account its calls are charged to."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tilth.config import Config
from tilth.errors import ConfigError
from tilth.llm import Ledger, Limits, Store, open_store
from tilth.llm.store.config import StoreConfig
from tilth.llm.store.open import is_postgres

STORE_NAME = "answers.sqlite"


def store_place(config: StoreConfig, *, base: Path, work: Path) -> str | Path:
    """The URL or path of a project's store; `base` is the folder of tilth.toml, `work` the work folder.

    Raises:
        ConfigError: both keys are given, or the environment variable is not set.
    """
    if config.url is not None and config.url_env is not None:
        raise ConfigError("[store] has both url and url_env\n  hint: leave one out")
    url = config.url
    if config.url_env is not None:
        url = os.environ.get(config.url_env)
        if not url:
            raise ConfigError(
                f"[store]: the environment variable {config.url_env} is not set\n"
                f"  hint: export {config.url_env}=postgresql://user:password@host:5432/database"
            )
    if url is None:
        return work / STORE_NAME
    if "://" in url:
        return url
    if not Path(url).suffix:
        hint = "postgresql://..., or the path of a file such as answers.sqlite"
        raise ConfigError(f"[store] url '{url}' is neither a URL nor a file with an ending\n  hint: {hint}")
    return base / url


@contextmanager
def project_store(config: Config, *, base: Path, work: Path) -> Generator[Store]:
    """The store of a project; claims of processes that died are closed first.

    Raises:
        CacheError: it cannot be used.
        ConfigError: `[store]` contradicts itself, or workers on other machines could not reach it.
    """
    place = store_place(config.store, base=base, work=work)
    if config.engine.address is not None and not is_postgres(place):
        raise ConfigError(
            "[engine] address names a cluster, whose machines cannot share a store in a file\n"
            '  hint: [store] url_env = "TILTH_STORE", with a postgresql:// URL that all of them reach'
        )
    store = open_store(place)
    try:
        store.reap()
        yield store
    finally:
        store.close()


def project_ledger(config: Config) -> Ledger:
    """The account of all runs of a project, under the limits of `[budget]`."""
    budget = config.budget
    limits = Limits(budget.usd, budget.tokens, budget.requests)
    return Ledger(f"project:{budget.ledger or config.project.name}", limits)
