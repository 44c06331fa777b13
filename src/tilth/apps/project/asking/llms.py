"""From `[llm.NAME]` to a client that can be asked."""

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.apps.project.asking.stores import project_ledger, project_store
from tilth.config import Config
from tilth.data.files import resolve_path
from tilth.errors import ConfigError
from tilth.llm import (
    AdaptiveLimiter,
    Client,
    FixedLimiter,
    HttpTransport,
    Ledger,
    Limiter,
    Price,
    RecordedTransport,
    Store,
    Transport,
    read_recorded,
    recorded_endpoint,
)
from tilth.llm.config import LLMConfig


@dataclass(frozen=True)
class OpenLLM:
    """A client, and what stands in each request to it."""

    client: Client
    model: str
    endpoint: str
    sampling: dict[str, Any]
    store: Store


@contextmanager
def open_llm(
    name: str, config: Config, keys: tuple[str, ...], *, base: Path, work: Path, run: Ledger | None = None
) -> Generator[OpenLLM]:
    """Open the LLM called `name`; `keys` says which of `context_id`, `item_id` a request is keyed by.

    Calls are charged to the project's ledger under the limits of `[budget]`, and to `run` where it is given; recorded
    answers cost nothing and are not.

    Raises:
        ConfigError: a key of the section, or the environment variable with the API key, is missing; a budget in money
            without a price.
        DataError: the file of recorded answers cannot be used.
        CacheError: the answer store cannot be used.
    """
    section = config.llm[name]
    is_recorded = section.provider == "recorded"
    transport = _recorded(name, section, keys, base) if is_recorded else _http(name, section)
    ledgers = [] if is_recorded else [project_ledger(config), *([run] if run is not None else [])]
    with project_store(config, base=base, work=work) as store:
        try:
            client = Client(
                transport,
                store=store,
                limiter=_limiter(section),
                price=price_of(section),
                ledgers=ledgers,
                max_retries=section.max_retries,
            )
        except ConfigError as exc:
            raise ConfigError(f"[llm.{name}]: {exc}") from exc
        yield OpenLLM(client, *asked_as(name, section, base), store)


def refuse_unknown(names: Iterable[str], config: Config) -> None:
    """Raises:
    ConfigError: there is no `[llm.NAME]` for one of the names.
    """
    for name in names:
        if name not in config.llm:
            known = ", ".join(sorted(config.llm)) or "none"
            raise ConfigError(f"tilth.toml: there is no [llm.{name}]\n  hint: defined: {known}")


def asked_as(name: str, config: LLMConfig, base: Path) -> tuple[str, str, dict[str, Any]]:
    """Model, endpoint and sampling of each request to the LLM called `name`."""
    is_recorded = config.provider == "recorded"
    endpoint = recorded_endpoint(_path(config, base)) if is_recorded else str(config.base_url)
    return config.model or name, endpoint, {} if is_recorded else _sampling(config)


def _limiter(config: LLMConfig) -> Limiter:
    if config.provider == "recorded":
        return FixedLimiter(config.concurrency)
    return AdaptiveLimiter(
        config.concurrency,
        requests_per_minute=config.requests_per_minute,
        tokens_per_minute=config.tokens_per_minute,
        patience_s=config.patience_s,
    )


def api_key(name: str, config: LLMConfig) -> str | None:
    """The key that the environment holds for the LLM called `name`; None where it needs none.

    Raises:
        ConfigError: the variable that `api_key_env` names is not set.
    """
    if config.api_key_env is None:
        return None
    key = os.environ.get(config.api_key_env)
    if not key:
        raise ConfigError(
            f"[llm.{name}]: the environment variable {config.api_key_env} is not set\n"
            f"  hint: export {config.api_key_env}=..., or leave api_key_env out for an endpoint without keys"
        )
    return key


def _http(name: str, config: LLMConfig) -> Transport:
    return HttpTransport(str(config.base_url), api_key=api_key(name, config), timeout_s=config.timeout_s)


def _recorded(name: str, config: LLMConfig, keys: tuple[str, ...], base: Path) -> Transport:
    columns: list[str] = []
    for key in keys:
        column = getattr(config, key)
        if column is None:
            raise ConfigError(f"[llm.{name}]: '{key}' is needed here: the column of that id in {config.path}")
        columns.append(column)
    answers = read_recorded(
        _path(config, base),
        key_columns=columns,
        answer=config.answer,
        raw=config.raw,
        prompt_tokens=config.prompt_tokens,
        completion_tokens=config.completion_tokens,
        cost_usd=config.cost_usd,
        latency_s=config.latency_s,
    )
    return RecordedTransport(answers)


def _path(config: LLMConfig, base: Path) -> Path:
    return Path(resolve_path(str(config.path), base))


def price_of(config: LLMConfig) -> Price | None:
    """What the provider asks; None where `[llm.NAME.price]` does not say."""
    price = config.price
    return Price(price.input_per_mtok, price.output_per_mtok, price.currency, as_of=price.as_of) if price else None


def _sampling(config: LLMConfig) -> dict[str, Any]:
    seed = {"seed": config.seed} if config.seed is not None else {}
    return {"temperature": config.temperature, "max_tokens": config.max_tokens, **seed}
