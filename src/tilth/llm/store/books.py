"""What claims and settlements do to ledgers: the arithmetic that all stores share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
_PLACES: dict[Column, int] = {"spent": 0, "reserved": 3, "uncertain": 6}  # in `Books.row`

SUM_COLUMNS = tuple(f"{column}_{unit}" for column in _PLACES for unit in ("nano_usd", "tokens", "requests"))
"""What the numbers of `Books.row` are called in a database."""


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

    def plus(self, other: "Units") -> "Units":
        return Units(self.nano_usd + other.nano_usd, self.tokens + other.tokens, self.requests + other.requests)


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


class Changes:
    """What is to be added to ledgers."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, ...], list[int]] = {}  # as most claims are held in the same ledgers

    def move(
        self, ledgers: tuple[str, ...], units: Units, *, out_of: Column | None = None, into: Column | None
    ) -> None:
        """Take `units` from one column, or from nowhere, to another, or to nowhere."""
        sums = self._sums.setdefault(ledgers, [0] * 9)
        ends: tuple[tuple[Column | None, int], ...] = ((out_of, -1), (into, 1))
        for column, sign in ends:
            if column is not None:
                place = _PLACES[column]
                sums[place] += sign * units.nano_usd
                sums[place + 1] += sign * units.tokens
                sums[place + 2] += sign * units.requests

    def by_ledger(self) -> dict[str, Books]:
        """The change of each ledger that changes."""
        changes: dict[str, Books] = {}
        for ledgers, sums in self._sums.items():
            if any(sums):
                for name in ledgers:
                    changes[name] = changes.get(name, EMPTY).plus(Books.of_row(sums))
        return changes


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
    room = _Room(ledgers, books)
    decision = Decision([], {}, Changes())
    for claim in claims:
        known = answers.get(claim.fingerprint)
        if known is not None:
            decision.verdicts.append(Claimed("answered", known))
            continue
        standing = decision.written.get(claim.fingerprint) or held.get(claim.fingerprint)
        if standing is not None and standing.owner != owner and standing.expires_at > now:
            decision.verdicts.append(Claimed("taken", owner=standing.owner))
        elif standing is not None and standing.owner == owner:
            decision.written[claim.fingerprint] = standing._replace(expires_at=now + lease_s)
            decision.verdicts.append(_GRANTED)
        else:
            _open(claim, standing, Held(claim.fingerprint, owner, now + lease_s, NOTHING, names), room, decision)
    return decision


_GRANTED, _OVER_BUDGET = Claimed("granted"), Claimed("over_budget")


def _open(claim: Claim, expired: Held | None, new: Held, room: "_Room", decision: Decision) -> None:
    """Grant a claim that nobody holds if there is room for it in all ledgers."""
    # An expired claim counts the same before and after: what was reserved becomes uncertain. So the limits may be
    # asked first, and an expired claim that nobody can afford to take over stays for the reaper.
    units = Units.of(claim.reserved)
    if not room.take(units):
        decision.verdicts.append(_OVER_BUDGET)
        return
    if expired is not None:
        decision.changes.move(expired.ledgers, expired.reserved, out_of="reserved", into="uncertain")
    decision.changes.move(new.ledgers, units, into="reserved")
    decision.written[claim.fingerprint] = new._replace(reserved=units)
    decision.verdicts.append(_GRANTED)


class _Room:
    """What is left of every limit, counted down as claims are granted."""

    def __init__(self, ledgers: Sequence[Ledger], books: Mapping[str, Books]) -> None:
        self._left: list[tuple[int, int]] = []  # which of the units, how much
        for ledger in ledgers:
            one = books.get(ledger.name, EMPTY)
            committed = one.spent.plus(one.reserved).plus(one.uncertain)
            limits = zip(_whole(ledger.limits), committed, strict=True)
            self._left += [(unit, limit - used) for unit, (limit, used) in enumerate(limits) if limit is not None]

    def take(self, units: Units) -> bool:
        """Whether there is room for them; then it is taken."""
        left = [(unit, rest - units[unit]) for unit, rest in self._left]
        if any(rest < 0 for _, rest in left):
            return False
        self._left = left
        return True


def _whole(limits: Limits) -> tuple[int | None, int | None, int | None]:
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
