"""What claims and settlements do to ledgers: the arithmetic that all stores share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tilth.llm.store.store import (
    Account,
    Amount,
    CachedAnswer,
    Claim,
    Claimed,
    Ledger,
    Limits,
    Settlement,
)

_NANO = 1_000_000_000

Column = Literal["spent", "reserved", "uncertain"]
COLUMNS: tuple[Column, ...] = ("spent", "reserved", "uncertain")


class Units(NamedTuple):
    """An amount in whole numbers (billionths of a dollar), so that sums are exact whatever their order."""

    nano_usd: int = 0
    tokens: int = 0
    requests: int = 0

    @classmethod
    def of(cls, amount: Amount) -> "Units":
        return cls(round(amount.usd * _NANO), amount.tokens, amount.requests)

    def amount(self) -> Amount:
        return Amount(self.nano_usd / _NANO, self.tokens, self.requests)

    def plus(self, other: "Units", sign: int = 1) -> "Units":
        return Units(
            self.nano_usd + sign * other.nano_usd,
            self.tokens + sign * other.tokens,
            self.requests + sign * other.requests,
        )


NOTHING = Units()


class Books(NamedTuple):
    """A ledger's account in whole numbers, or a change to one."""

    spent: Units = NOTHING
    reserved: Units = NOTHING
    uncertain: Units = NOTHING

    @classmethod
    def of_row(cls, row: Sequence[int]) -> "Books":
        """From nine numbers, in the order of `row`."""
        return cls(Units(*row[0:3]), Units(*row[3:6]), Units(*row[6:9]))

    @property
    def row(self) -> tuple[int, ...]:
        return (*self.spent, *self.reserved, *self.uncertain)

    def plus(self, other: "Books") -> "Books":
        return Books(*(mine.plus(theirs) for mine, theirs in zip(self, other, strict=True)))

    def account(self) -> Account:
        return Account(self.spent.amount(), self.reserved.amount(), self.uncertain.amount())


EMPTY = Books()


class Held(NamedTuple):
    """An open claim. `expires_at` is in seconds by the store's clock."""

    fingerprint: str
    owner: str
    expires_at: float
    reserved: Units
    ledgers: tuple[str, ...]


@dataclass
class Changes:
    """What is to be added to ledgers, by name."""

    by_ledger: dict[str, Books] = field(default_factory=dict[str, Books])

    def move(self, ledgers: Iterable[str], units: Units, *, out_of: Column | None = None, into: Column | None) -> None:
        """Take `units` from one column, or from nowhere, to another, or to nowhere."""
        if units == NOTHING:
            return
        for ledger in ledgers:
            books = self.by_ledger.get(ledger, EMPTY)
            if out_of is not None:
                books = books._replace(**{out_of: getattr(books, out_of).plus(units, -1)})
            if into is not None:
                books = books._replace(**{into: getattr(books, into).plus(units)})
            self.by_ledger[ledger] = books


@dataclass(frozen=True)
class Decision:
    """What becomes of claims: the verdicts in order, the claims to write (new ones, or as they now stand), the sums."""

    verdicts: list[Claimed]
    written: dict[str, Held]
    changes: Changes


def decide(
    claims: Sequence[Claim],
    *,
    owner: str,
    now: float,
    lease_s: float,
    ledgers: Sequence[Ledger],
    answers: Mapping[str, CachedAnswer],
    held: Mapping[str, Held],
    books: Mapping[str, Books],
) -> Decision:
    """Apply the rules of `Store.claim_many` to what a store holds for these fingerprints and ledgers at `now`."""
    names = tuple(dict.fromkeys(ledger.name for ledger in ledgers))
    room = [_Room(ledger, books.get(ledger.name, EMPTY)) for ledger in ledgers]
    decision = Decision([], {}, Changes())
    for claim in claims:
        known = answers.get(claim.fingerprint)
        if known is not None:
            decision.verdicts.append(Claimed("answered", known))
            continue
        standing = decision.written.get(claim.fingerprint) or held.get(claim.fingerprint)
        if standing is not None and standing.owner != owner and standing.expires_at > now:
            decision.verdicts.append(_TAKEN)
        elif standing is not None and standing.owner == owner:
            decision.written[claim.fingerprint] = standing._replace(expires_at=now + lease_s)
            decision.verdicts.append(_GRANTED)
        else:
            _open(claim, standing, Held(claim.fingerprint, owner, now + lease_s, NOTHING, names), room, decision)
    return decision


_GRANTED, _TAKEN, _OVER_BUDGET = Claimed("granted"), Claimed("taken"), Claimed("over_budget")


def _open(claim: Claim, expired: Held | None, new: Held, room: "list[_Room]", decision: Decision) -> None:
    """Grant a claim that nobody holds if there is room for it in all ledgers."""
    # An expired claim counts the same before and after: what was reserved becomes uncertain. So the limits may be
    # asked first, and an expired claim that nobody can afford to take over stays for the reaper.
    units = Units.of(claim.reserved)
    if not all(one.fits(units) for one in room):
        decision.verdicts.append(_OVER_BUDGET)
        return
    if expired is not None:
        decision.changes.move(expired.ledgers, expired.reserved, out_of="reserved", into="uncertain")
    for one in room:
        one.take(units)
    decision.changes.move(new.ledgers, units, into="reserved")
    decision.written[claim.fingerprint] = new._replace(reserved=units)
    decision.verdicts.append(_GRANTED)


class _Room:
    """How much of a ledger's limits is committed, counted up as claims are granted."""

    def __init__(self, ledger: Ledger, books: Books) -> None:
        self._limits = _limits(ledger.limits)
        self._committed = books.spent.plus(books.reserved).plus(books.uncertain)

    def fits(self, units: Units) -> bool:
        wanted = self._committed.plus(units)
        return all(limit is None or want <= limit for limit, want in zip(self._limits, wanted, strict=True))

    def take(self, units: Units) -> None:
        self._committed = self._committed.plus(units)


def _limits(limits: Limits) -> tuple[int | None, int | None, int | None]:
    return (None if limits.usd is None else round(limits.usd * _NANO), limits.tokens, limits.requests)


@dataclass(frozen=True)
class Closing:
    """What settling does: the claims to close, and the sums."""

    closed: list[str]
    changes: Changes


def settle(settlements: Sequence[Settlement], *, owner: str, held: Mapping[str, Held]) -> Closing:
    """Apply the rules of `Store.settle_many` to the claims that stand for these fingerprints."""
    open_claims, closing = dict(held), Closing([], Changes())
    for one in settlements:
        claim = open_claims.get(one.fingerprint)
        if claim is None:
            continue
        closing.changes.move(claim.ledgers, Units.of(one.spent), into="spent")
        closing.changes.move(claim.ledgers, Units.of(one.uncertain), into="uncertain")
        if claim.owner == owner:
            closing.changes.move(claim.ledgers, claim.reserved, out_of="reserved", into=None)
            closing.closed.append(one.fingerprint)
            del open_claims[one.fingerprint]
    return closing


def give_up(claims: Iterable[Held], into: Column | None) -> Closing:
    """Close claims; what they reserved goes `into` a column or is free again."""
    closing = Closing([], Changes())
    for claim in claims:
        closing.changes.move(claim.ledgers, claim.reserved, out_of="reserved", into=into)
        closing.closed.append(claim.fingerprint)
    return closing
