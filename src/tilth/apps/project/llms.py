"""From `[llm.NAME]` to a client that can be asked."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.data.files import resolve_path
from tilth.errors import ConfigError
from tilth.llm import (
    AnswerCache,
    Client,
    FixedLimiter,
    HttpTransport,
    Price,
    RecordedTransport,
    SqliteCache,
    Transport,
    read_recorded,
    recorded_endpoint,
)
from tilth.llm.config import LLMConfig

CACHE_NAME = "answers.sqlite"


@dataclass(frozen=True)
class OpenLLM:
    """A client, and what stands in each request to it."""

    client: Client
    model: str
    endpoint: str
    sampling: dict[str, Any]
    cache: AnswerCache


@contextmanager
def open_llm(name: str, config: LLMConfig, keys: tuple[str, ...], *, base: Path, work: Path) -> Generator[OpenLLM]:
    """Open the LLM called `name`; `keys` says which of `context_id`, `item_id` a request is keyed by.

    Raises:
        ConfigError: a key of the section, or the environment variable with the API key, is missing.
        DataError: the file of recorded answers cannot be used.
        CacheError: the answer cache in `work` cannot be used.
    """
    is_recorded = config.provider == "recorded"
    transport = _recorded(name, config, keys, base) if is_recorded else _http(name, config)
    cache = SqliteCache(work / CACHE_NAME)
    try:
        client = Client(
            transport,
            cache=cache,
            limiter=FixedLimiter(config.concurrency),
            price=price_of(config),
            max_retries=config.max_retries,
        )
        endpoint = recorded_endpoint(_path(config, base)) if is_recorded else str(config.base_url)
        yield OpenLLM(client, config.model or name, endpoint, {} if is_recorded else _sampling(config), cache)
    finally:
        cache.close()


def _http(name: str, config: LLMConfig) -> Transport:
    api_key = None
    if config.api_key_env is not None:
        api_key = os.environ.get(config.api_key_env)
        if not api_key:
            raise ConfigError(
                f"[llm.{name}]: the environment variable {config.api_key_env} is not set\n"
                f"  hint: export {config.api_key_env}=..., or leave api_key_env out for an endpoint without keys"
            )
    return HttpTransport(
        str(config.base_url), api_key=api_key, timeout_s=config.timeout_s, concurrency=config.concurrency
    )


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
