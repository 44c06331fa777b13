"""Where answers, claims and ledgers are kept: what makes it impossible to pay twice, also across processes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from tilth.llm.reply import Reply


class Amount(msgspec.Struct, frozen=True):
    """Money and effort: `usd` dollars, `tokens` of prompts and completions together, `requests` that a server took."""

    usd: float = 0.0
    tokens: int = 0
    requests: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.usd + other.usd, self.tokens + other.tokens, self.requests + other.requests)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.usd - other.usd, self.tokens - other.tokens, self.requests - other.requests)


class Limits(msgspec.Struct, frozen=True):
    """The most that may be spent; None: no limit of that kind."""

    usd: float | None = None
    tokens: int | None = None
    requests: int | None = None


class Ledger(msgspec.Struct, frozen=True):
    """A named account that calls are charged to. All who use one store and one name share it.

    The limits are the caller's: they are checked when a call is claimed and are not kept in the store.
    """

    name: str
    limits: Limits = Limits()


class Account(msgspec.Struct, frozen=True):
    """The state of a ledger.

    `spent` was settled, `reserved` is held by claims that are open, `uncertain` belongs to calls of which nobody knows
    whether they were billed (they timed out, or their process died): it counts against the limits, on the safe side.
    """

    spent: Amount = Amount()
    reserved: Amount = Amount()
    uncertain: Amount = Amount()

    @property
    def committed(self) -> Amount:
        """What counts against the limits."""
        return self.spent + self.reserved + self.uncertain


class CachedAnswer(msgspec.Struct, frozen=True):
    """A reply that arrived, valid or not, under the fingerprint of the request it answered."""

    fingerprint: str
    reply: Reply
    created_at: datetime


class Claim(msgspec.Struct, frozen=True):
    """The wish to ask: `reserved` is the most that the call can cost."""

    fingerprint: str
    reserved: Amount = Amount()


ClaimState = Literal["granted", "answered", "taken", "over_budget"]
"""What became of a claim: the caller may ask; the answer is there already; another owner is asking; a limit is hit."""


class Claimed(msgspec.Struct, frozen=True):
    """The answer to a claim; `answer` is there exactly where `state` is `answered`, `owner` where it is `taken`."""

    state: ClaimState
    answer: CachedAnswer | None = None
    owner: str | None = None


class Settlement(msgspec.Struct, frozen=True):
    """How a claimed call ended. Closes the claim and moves its reservation into the ledgers' accounts.

    `answer` is the reply to keep, None where none came. `spent` is what the call took; `uncertain` what it may have
    taken. Both zero: the server did not take the call (it could not be reached, or refused it).
    """

    fingerprint: str
    answer: CachedAnswer | None = None
    spent: Amount = Amount()
    uncertain: Amount = Amount()


class ModelSummary(msgspec.Struct, frozen=True):
    """The answers of one model; None: of those that do not say. Unknown tokens and costs count as nothing in the sums.

    `unpriced` is how many have no known cost.
    """

    model: str | None
    answers: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    unpriced: int
    oldest: datetime
    newest: datetime


class Summary(msgspec.Struct, frozen=True):
    """What a store holds; models with the most answers first. `size_bytes` is None where nothing is on a disk."""

    models: tuple[ModelSummary, ...]
    open_claims: int
    size_bytes: int | None


class Store(Protocol):
    """Answers by fingerprint, open claims, and ledgers; shared by threads, and where it is on disk by processes.

    Every method is one transaction: it happens whole or not at all, and what it returned from is as safe as the store
    can make it (on disk: synced, a power cut loses nothing). All raise `CacheError` where the store cannot be used,
    with a message that names it and says what to do.
    """

    @property
    def place(self) -> str:
        """Where it is, as messages name it: a path, or a URL without its password."""
        ...

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        """Those of the fingerprints that are known."""
        ...

    def put_many(self, answers: Iterable[CachedAnswer]) -> None:
        """Keep replies that nobody claimed, such as imported ones. The first under a fingerprint stays."""
        ...

    def claim_many(
        self, claims: Sequence[Claim], *, owner: str, lease_s: float, ledgers: Sequence[Ledger] = ()
    ) -> list[Claimed]:
        """One verdict per claim, in order.

        - A fingerprint with an answer is `answered`. One that an unexpired claim of another owner holds is `taken`;
          one that `owner` holds itself is `granted` again and keeps its first reservation.
        - A new claim is `granted` only if in each of `ledgers` committed + reserved stays within the limits, counting
          the claims granted before it in the same call; it then holds `reserved` in each of them. Otherwise it is
          `over_budget`; a later, smaller claim in the same call may still fit.
        - An expired claim of another owner is taken over: its reservation becomes `uncertain` in the ledgers it was
          held in.

        A claim expires `lease_s` seconds after it was granted or last extended, by the store's own clock.
        """
        ...

    def settle_many(self, settlements: Sequence[Settlement], *, owner: str) -> None:
        """Close claims of `owner`, keep the answers, and charge the ledgers that each claim is held in.

        The answer is kept also where the claim has expired, was taken over, or never was: it was paid for. What it took
        is then charged to the ledgers of the claim as it stands for this fingerprint, or to none where there is none;
        a claim that another owner now holds stays open.
        """
        ...

    def extend(self, owner: str, lease_s: float) -> None:
        """Let all claims of `owner` expire `lease_s` seconds from now."""
        ...

    def release(self, owner: str, fingerprints: Iterable[str] | None = None) -> None:
        """Give up claims of `owner` (all by default) whose calls were never sent; their reservations are free again."""
        ...

    def reap(self) -> int:
        """Close every expired claim, and every claim whose owner is a dead process of this machine; their reservations
        become `uncertain`. Returns how many were closed."""
        ...

    def account(self, ledger: str) -> Account:
        """The state of the ledger called so; all zero for one that was never charged."""
        ...

    def ledgers(self) -> dict[str, Account]:
        """All ledgers that were ever charged, by name in alphabetical order."""
        ...

    def forgive(self, ledger: str) -> Amount:
        """Set `uncertain` of a ledger to zero, as when the provider's bill shows no such charge; returns what was."""
        ...

    def count(self) -> int:
        """How many answers there are."""
        ...

    def summary(self) -> Summary:
        """Answers by model, and how many claims are open, expired ones among them."""
        ...

    def scan(self) -> Iterator[CachedAnswer]:
        """All answers, oldest first, in bounded memory."""
        ...

    def prune(self, *, before: datetime | None = None, model: str | None = None) -> int:
        """Delete the answers that are older than `before` and of that model (each where given; one at least must be);
        returns how many."""
        ...

    def close(self) -> None: ...
