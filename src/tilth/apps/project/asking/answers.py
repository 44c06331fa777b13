"""The answers a project has paid for: where they are kept, what they cost, and how they leave the store."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tilth.apps.project.asking.stores import store_place
from tilth.config import load_config
from tilth.errors import CacheError, ConfigError, DataError
from tilth.llm.store import Account, Amount, CachedAnswer, Store, Summary, open_store
from tilth.llm.store.open import is_postgres
from tilth.llm.store.rows import to_json


@dataclass(frozen=True)
class Shown:
    """What a store holds and what was charged to its ledgers."""

    place: str
    summary: Summary
    ledgers: dict[str, Account]

    @property
    def answers(self) -> int:
        return sum(model.answers for model in self.summary.models)

    def to_json(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "answers": self.answers,
            **msgspec.to_builtins(self.summary),
            "ledgers": msgspec.to_builtins(self.ledgers),
        }


@contextmanager
def opened(config_path: Path) -> Generator[Store]:
    """The store of the project with this tilth.toml, which must be there already.

    Raises:
        ConfigError: the settings cannot be used.
        CacheError: there is no store yet, or it cannot be opened.
    """
    config, base = load_config(config_path), config_path.parent
    place = store_place(config.store, base=base, work=base / config.project.work)
    if not is_postgres(place) and not Path(place).exists():
        raise CacheError(f"{place}: there are no answers yet\n  hint: `tilth judge run` asks for some")
    store = open_store(place)
    try:
        yield store
    finally:
        store.close()


def show(store: Store) -> Shown:
    return Shown(store.place, store.summary(), store.ledgers())


def export(store: Store, path: Path) -> int:
    """Write all answers as JSONL, oldest first; the file is there whole or not at all. Returns how many.

    Raises:
        DataError: the file cannot be written.
        CacheError: the store cannot be read.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            for answer in store.scan():
                file.write(to_json(_row(answer)) + "\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as exc:
        raise DataError(f"cannot be written: {exc.strerror or exc}", path=path) from exc
    finally:
        part.unlink(missing_ok=True)
    return count


@dataclass(frozen=True)
class Chosen:
    """Which answers to delete; None: whatever their age, or model."""

    before: datetime | None
    model: str | None

    def __str__(self) -> str:
        said = [f"older than {self.before}" if self.before else "", f"of model {self.model}" if self.model else ""]
        return ", ".join(filter(None, said))


def choose(before: str | None, model: str | None) -> Chosen:
    """Answers older than a day or moment (ISO 8601; UTC unless it says otherwise), of a model, or both.

    Raises:
        ConfigError: neither is given, or `before` is no date.
    """
    if before is None and model is None:
        raise ConfigError("nothing says which answers to delete\n  hint: --before 2026-01-31, --model NAME, or both")
    return Chosen(None if before is None else _moment(before), model)


def prune(store: Store, chosen: Chosen) -> int:
    """Delete answers; returns how many."""
    return store.prune(before=chosen.before, model=chosen.model)


def forgive(store: Store, ledger: str) -> Amount:
    """Give free again what is uncertain in a ledger; returns how much it was.

    Raises:
        ConfigError: there is no such ledger.
    """
    known = store.ledgers()
    if ledger not in known:
        raise ConfigError(f"there is no ledger '{ledger}'\n  hint: known: {', '.join(known) or 'none'}")
    return store.forgive(ledger)


def _row(answer: CachedAnswer) -> dict[str, Any]:
    reply = answer.reply
    return {
        "fingerprint": answer.fingerprint,
        "text": reply.text,
        "prompt_tokens": reply.usage.prompt_tokens,
        "completion_tokens": reply.usage.completion_tokens,
        "cost_usd": reply.cost_usd,
        "latency_s": reply.latency_s,
        "model": reply.model,
        "finish_reason": reply.finish_reason,
        "refusal": reply.refusal,
        "created_at": answer.created_at,
    }


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise ConfigError(f"--before '{text}' is no date\n  hint: 2026-01-31, or 2026-01-31T12:00:00+00:00") from exc
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
