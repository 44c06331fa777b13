"""A store that lasts as long as the process: for tests and trials."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from tilth.llm.store.books import EMPTY, NOTHING, Books, Changes, Closing, Held, decide, give_up, settle
from tilth.llm.store.owner import is_dead
from tilth.llm.store.rows import micros
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


class MemoryStore:
    """Answers, claims and ledgers in dictionaries, shared by threads.

    Args:
        now: seconds on some clock, by which claims expire.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._answers: dict[str, CachedAnswer] = {}
        self._held: dict[str, Held] = {}
        self._books: dict[str, Books] = {}

    @property
    def place(self) -> str:
        return "memory"

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        with self._lock:
            return {one: self._answers[one] for one in fingerprints if one in self._answers}

    def put_many(self, answers: Iterable[CachedAnswer]) -> None:
        with self._lock:
            for answer in answers:
                self._answers.setdefault(answer.fingerprint, answer)

    def claim_many(
        self, claims: Sequence[Claim], *, owner: str, lease_s: float, ledgers: Sequence[Ledger] = ()
    ) -> list[Claimed]:
        with self._lock:
            decision = decide(
                claims,
                owner=owner,
                now=self._now(),
                lease_s=lease_s,
                ledgers=ledgers,
                answers=self._answers,
                held=self._held,
                books=self._books,
            )
            self._held.update(decision.written)
            self._charge(decision.changes)
            return decision.verdicts

    def settle_many(self, settlements: Sequence[Settlement], *, owner: str) -> None:
        with self._lock:
            for one in settlements:
                if one.answer is not None:
                    self._answers.setdefault(one.answer.fingerprint, one.answer)
            self._close(settle(settlements, owner=owner, held=self._held))

    def extend(self, owner: str, lease_s: float) -> None:
        with self._lock:
            expires_at = self._now() + lease_s
            for held in list(self._held.values()):
                if held.owner == owner:
                    self._held[held.fingerprint] = held._replace(expires_at=expires_at)

    def release(self, owner: str, fingerprints: Iterable[str] | None = None) -> None:
        with self._lock:
            wanted = self._held.keys() if fingerprints is None else set(fingerprints)
            mine = [held for held in self._held.values() if held.owner == owner and held.fingerprint in wanted]
            self._close(give_up(mine, into=None))

    def reap(self) -> int:
        with self._lock:
            now, dead = self._now(), {owner for owner in {h.owner for h in self._held.values()} if is_dead(owner)}
            lost = [held for held in self._held.values() if held.expires_at <= now or held.owner in dead]
            self._close(give_up(lost, into="uncertain"))
            return len(lost)

    def account(self, ledger: str) -> Account:
        with self._lock:
            return self._books.get(ledger, EMPTY).account()

    def ledgers(self) -> dict[str, Account]:
        with self._lock:
            return {name: self._books[name].account() for name in sorted(self._books)}

    def forgive(self, ledger: str) -> Amount:
        with self._lock:
            books = self._books.get(ledger, EMPTY)
            if books.uncertain != NOTHING:
                self._books[ledger] = books._replace(uncertain=NOTHING)
            return books.uncertain.amount()

    def count(self) -> int:
        with self._lock:
            return len(self._answers)

    def summary(self) -> Summary:
        with self._lock:
            answers, open_claims = list(self._answers.values()), len(self._held)
        models = Counter(answer.reply.model for answer in answers)
        by_size = sorted(models, key=lambda model: (-models[model], model or ""))
        return Summary(tuple(_of_model(model, answers) for model in by_size), open_claims, None)

    def scan(self) -> Iterator[CachedAnswer]:
        with self._lock:
            answers = sorted(self._answers.values(), key=lambda answer: micros(answer.created_at))
        yield from answers

    def prune(self, *, before: datetime | None = None, model: str | None = None) -> int:
        if before is None and model is None:
            raise ValueError("name a moment, a model, or both")
        with self._lock:
            old = [
                answer.fingerprint
                for answer in self._answers.values()
                if (before is None or micros(answer.created_at) < micros(before))
                and (model is None or answer.reply.model == model)
            ]
            for fingerprint in old:
                del self._answers[fingerprint]
            return len(old)

    def close(self) -> None:
        """Nothing to close; what was stored can still be read."""

    def _close(self, closing: Closing) -> None:
        for fingerprint in closing.closed:
            del self._held[fingerprint]
        self._charge(closing.changes)

    def _charge(self, changes: Changes) -> None:
        for name, change in changes.by_ledger().items():
            self._books[name] = self._books.get(name, EMPTY).plus(change)


def _of_model(model: str | None, answers: list[CachedAnswer]) -> ModelSummary:
    mine = [answer for answer in answers if answer.reply.model == model]
    moments = sorted((answer.created_at for answer in mine), key=micros)
    costs = [answer.reply.cost_usd for answer in mine]
    return ModelSummary(
        model,
        len(mine),
        sum(answer.reply.usage.prompt_tokens or 0 for answer in mine),
        sum(answer.reply.usage.completion_tokens or 0 for answer in mine),
        sum(cost for cost in costs if cost is not None),
        costs.count(None),
        moments[0],
        moments[-1],
    )
