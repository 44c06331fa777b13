"""What a survey counts, batch by batch."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.config import KindsConfig
from tilth.audit.hashes import hash64
from tilth.audit.interactions.bucket import NO_TIME
from tilth.audit.interactions.catalog import Catalog
from tilth.audit.interactions.coding import CodedEvents, Coder
from tilth.audit.interactions.roles import configured, flags
from tilth.audit.interactions.sparse import SparseCounts
from tilth.audit.result import GROUPS
from tilth.audit.spill import group_of
from tilth.data import BadRows, EventBatch, merge_bad

INTERACTION, EXPOSURE, POSITIVE = 0, 1, 2
ROLES = 3
FIRST_TIME = 31_536_000_000_000
"""1 January 1971, in microseconds: a time before it is a clock that was never set."""
MOST_UNKNOWN = 1_000_000
"""Distinct ids of unknown items that are told apart."""
MOST_HEAVY = 10_000
"""Users whose ids are kept in case they turn out to have too large a share of the whole log."""
SHOWN = 5
LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Remarks:
    """What is no array."""

    kinds: tuple[str, ...]
    bad: tuple[BadRows, ...]
    heavy: dict[str, str]
    """Users with a great share of some batch: hash (in hexadecimal) to id."""
    unknown: tuple[str, ...]
    """A few ids that the catalog lacks."""


@dataclass(frozen=True)
class Counts:
    read: int = 0
    """Rows of the files, with those that cannot be used."""
    events: int = 0
    naive: int = 0
    zoned: int = 0
    untimed: int = 0
    future: int = 0
    unset: int = 0
    """Events before `FIRST_TIME`."""
    early: int = 0
    """Events before their item's `created_at`."""
    unknown: int = 0
    """Events on items that the catalog lacks."""

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(one + two for one, two in zip(self.row(), other.row(), strict=True)))

    def row(self) -> tuple[int, ...]:
        return (
            self.read,
            self.events,
            self.naive,
            self.zoned,
            self.untimed,
            self.future,
            self.unset,
            self.early,
            self.unknown,
        )


class Tally:
    """Counts of one piece of work. Memory: three times per item, and what is distinct."""

    def __init__(self, catalog: Catalog, kinds: KindsConfig, now: int, bot_share: float) -> None:
        self.coder = Coder(catalog, configured(kinds))
        self._catalog, self._kinds, self._now, self._bot_share = catalog, kinds, now, bot_share
        self._counts, self._by_role = Counts(), SparseCounts()
        self._seen, self._first = (np.full(len(catalog), LATEST, np.int64) for _ in range(2))
        self._last = np.full(len(catalog), NO_TIME, np.int64)
        self._kind_events = np.zeros(0, np.int64)
        self._range = (LATEST, NO_TIME)
        self._bad: tuple[BadRows, ...] = ()
        self._heavy: dict[str, str] = {}
        self._unknown = np.zeros(0, np.uint64)
        self._unknown_shown: tuple[str, ...] = ()

    def add(self, batch: EventBatch) -> CodedEvents:
        """Count a batch; gives it back coded. Times that cannot be right are none there."""
        self._bad = merge_bad((*self._bad, *batch.bad))
        coded = self.coder.code(batch.table)
        known = coded.item >= 0
        timed = coded.ts != NO_TIME
        future, unset = coded.ts > self._now, timed & (coded.ts < FIRST_TIME)
        untimed = len(coded) - int(timed.sum())
        timed &= ~(future | unset)
        coded = replace(coded, ts=np.where(timed, coded.ts, NO_TIME))
        counts = Counts(
            read=batch.rows,
            events=len(coded),
            naive=batch.naive,
            zoned=batch.zoned,
            untimed=untimed,
            future=int(future.sum()),
            unset=int(unset.sum()),
            early=int((coded.ts < self._catalog.created[coded.item])[known & timed].sum()) if len(self._catalog) else 0,
            unknown=len(coded) - int(known.sum()),
        )
        self._counts = self._counts.plus(counts)
        self._count_roles(coded, known, timed)
        self._note_people(batch.table["user_id"].combine_chunks())
        self._note_unknown(batch.table["item_id"].combine_chunks(), known)
        return coded

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything, to be packed."""
        touched = np.flatnonzero(self._seen < LATEST)
        keys, counts = self._by_role.sums()
        remarks = Remarks(self.coder.kinds, self._bad, self._heavy, self._unknown_shown)
        return {
            "counts": np.array(self._counts.row(), np.int64),
            "range": np.array(self._range, np.int64),
            "role_keys": keys,
            "role_counts": counts,
            "touched": touched,
            "seen": self._seen[touched],
            "first": self._first[touched],
            "last": self._last[touched],
            "kind_events": self._kind_events,
            "unknown": self._unknown,
            "remarks": np.frombuffer(msgspec.json.encode(remarks), np.uint8),
        }

    def _count_roles(self, coded: CodedEvents, known: NDArray[np.bool_], timed: NDArray[np.bool_]) -> None:
        kinds = self.coder.kinds
        self._kind_events = np.bincount(coded.kind, minlength=len(kinds)) + _padded(self._kind_events, len(kinds))
        exposure = flags(kinds, self._kinds.exposure)[coded.kind]
        positive = flags(kinds, self._kinds.positive)[coded.kind]
        cell = group_of(coded.user).astype(np.int64) * len(self._catalog) + coded.item
        for role, rows in ((INTERACTION, ~exposure), (EXPOSURE, exposure), (POSITIVE, positive)):
            chosen = cell[rows & known]
            if len(chosen):
                self._by_role.add(chosen + role * GROUPS * len(self._catalog))
        if timed.any():
            ts = coded.ts[timed]
            self._range = (min(self._range[0], int(ts.min())), max(self._range[1], int(ts.max())))
        some, acted = known & timed, known & timed & ~exposure
        np.minimum.at(self._seen, coded.item[some], coded.ts[some])
        np.minimum.at(self._first, coded.item[acted], coded.ts[acted])
        np.maximum.at(self._last, coded.item[acted], coded.ts[acted])

    def _note_people(self, users: pa.DictionaryArray) -> None:
        """Whoever has more than a share of all events has more than that share of some batch. In a log of very many
        small files that is nearly everybody; then the first are noted."""
        if len(self._heavy) >= MOST_HEAVY:
            return
        events = np.bincount(np.asarray(users.indices), minlength=len(users.dictionary))
        heavy = users.dictionary.take(pa.array(np.flatnonzero(events > self._bot_share * len(users))))
        self._heavy |= {f"{key:x}": name for key, name in zip(hash64(heavy).tolist(), heavy.to_pylist(), strict=True)}

    def _note_unknown(self, items: pa.DictionaryArray, known: NDArray[np.bool_]) -> None:
        places = np.unique(np.asarray(items.indices)[~known])
        if len(places) and len(self._unknown) < MOST_UNKNOWN:
            ids = items.dictionary.take(pa.array(places))
            self._unknown = np.union1d(self._unknown, hash64(ids))[:MOST_UNKNOWN]
            if len(self._unknown_shown) < SHOWN:
                shown = dict.fromkeys((*self._unknown_shown, *ids.slice(0, SHOWN).to_pylist()))
                self._unknown_shown = tuple(shown)[:SHOWN]


def _padded(counts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    return np.concatenate([counts, np.zeros(length - len(counts), np.int64)])
