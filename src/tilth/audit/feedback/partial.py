"""What one bucket of users adds: counts of feedback by kind, and of pairs where both sorts of it meet."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.feedback.opinions import DISLIKE, LIKE, NEITHER, NONE, opinions_of
from tilth.audit.interactions import UserBucket
from tilth.stats import mean_of_group

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class FeedbackPartial:
    """Counts of one bucket. K is the number of kinds in the log.

    Events are told apart by kind (0 to K - 1); those of a rating kind are of K (likes), K + 1 (dislikes) or K + 2
    (neither) instead. Signals are the kinds (0 to K - 1), the kinds with a value above the user's mean (K to 2K - 1),
    2K: shown and nothing done, 2K + 1: any kind at all, 2K + 2: every opinion, with or without a signal.
    """

    group: Counts
    """The users' jackknife group, shape (1,)."""
    events: Counts
    """Shape (K + 3,)."""
    users: Counts
    """Users with any of these events, shape (K + 3,)."""
    negatives: Counts
    """Shape (4,): explicit negatives, events but exposures, users with an explicit negative, users with any event
    but exposures."""
    pairs: Counts
    """Users' pairs with an item that have the signal and an opinion, shape (2K + 3,)."""
    agree: Counts
    """Those of them where the opinion is what the signal says, shape (2K + 3,)."""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "FeedbackPartial":
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})


@dataclass(frozen=True)
class FeedbackReducer:
    """`feedback_of` as a reducer of the interactions' buckets."""

    config: AuditConfig
    name: str = "feedback"

    def __call__(self, bucket: UserBucket) -> Mapping[str, NDArray[np.generic]]:
        return feedback_of(bucket, self.config).arrays()


def feedback_of(bucket: UserBucket, config: AuditConfig) -> FeedbackPartial:
    """The counts of one bucket, in time linear in its events."""
    kinds = len(bucket.kinds)
    opinions = opinions_of(bucket, config)
    rated = bucket.rows_of(config.kinds.rating) & (opinions != NONE)
    code = bucket.kind.astype(np.int64)
    code[rated] = kinds + np.select([opinions[rated] == LIKE, opinions[rated] == DISLIKE], [0, 1], 2)
    people = int(bucket.user[-1]) + 1 if len(bucket) else 0
    table = np.bincount(bucket.user * (kinds + 3) + code, minlength=people * (kinds + 3)).reshape(people, kinds + 3)
    negative = _explicit_negatives(bucket, opinions, config)
    active = ~bucket.rows_of(config.kinds.exposure)
    counts = [negative.sum(), active.sum(), _distinct(bucket.user[negative]), _distinct(bucket.user[active])]
    pairs, agree = _meetings(bucket, opinions, config)
    return FeedbackPartial(
        group=np.array([bucket.group], np.int64),
        events=table.sum(axis=0).astype(np.int64),
        users=(table > 0).sum(axis=0).astype(np.int64),
        negatives=np.array(counts, np.int64),
        pairs=pairs,
        agree=agree,
    )


def _explicit_negatives(bucket: UserBucket, opinions: NDArray[np.int8], config: AuditConfig) -> NDArray[np.bool_]:
    """Which events are explicit negatives: ratings only where `dislike_below` says so."""
    negative = opinions == DISLIKE
    return negative if config.dislike_below is not None else negative & ~bucket.rows_of(config.kinds.rating)


def _distinct(ascending: NDArray[np.int64]) -> int:
    return int((np.diff(ascending, prepend=-1) != 0).sum())


def _meetings(bucket: UserBucket, opinions: NDArray[np.int8], config: AuditConfig) -> tuple[Counts, Counts]:
    """Pairs with a plain opinion by the signals that they have, and how many of them agree."""
    kinds = len(bucket.kinds)
    pair, opinion = _judged_pairs(bucket, opinions)
    rows = np.flatnonzero(pair >= 0)
    acted = rows[(opinions[rows] == NONE) & ~bucket.rows_of((*config.kinds.exposure, *config.kinds.rating))[rows]]
    shown = rows[bucket.rows_of(config.kinds.exposure)[rows]]
    flags = np.zeros((len(opinion), 2 * kinds + 3), np.bool_)
    flags[pair[acted], bucket.kind[acted]] = True
    high = acted[_above_mean(bucket, acted)]
    flags[pair[high], kinds + bucket.kind[high].astype(np.int64)] = True
    flags[:, 2 * kinds + 1] = flags[:, :kinds].any(axis=1)
    flags[pair[shown], 2 * kinds] = True
    flags[:, 2 * kinds] &= ~flags[:, 2 * kinds + 1]
    flags[:, 2 * kinds + 2] = True
    says_like = np.arange(2 * kinds + 3) != 2 * kinds
    right = flags & ((opinion == LIKE)[:, None] == says_like)
    return flags.sum(axis=0).astype(np.int64), right.sum(axis=0).astype(np.int64)


def _judged_pairs(bucket: UserBucket, opinions: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Pairs of a user and an item of the catalog whose last opinion is a like or a dislike.

    Returns:
        The pair of each event, -1 for none, shape (events,); the opinion of each pair, shape (pairs,).
    """
    if not len(bucket):
        return np.zeros(0, np.int64), np.zeros(0, np.int8)
    changes = (bucket.user[1:] != bucket.user[:-1]) | (bucket.item[1:] != bucket.item[:-1])
    place = np.concatenate([np.zeros(1, np.int64), np.cumsum(changes)])
    said = np.flatnonzero((opinions != NONE) & (bucket.item >= 0))
    last = said[np.append(place[said][1:] != place[said][:-1], True)] if len(said) else said
    plain = last[opinions[last] != NEITHER]
    number = np.full(int(place[-1]) + 1, -1, np.int64)
    number[place[plain]] = np.arange(len(plain))
    return number[place], opinions[plain]


def _above_mean(bucket: UserBucket, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these events have a value above the mean of all that the user has of that kind, shape (rows,)."""
    above = np.zeros(len(bucket), np.bool_)
    valued = np.flatnonzero(np.isfinite(bucket.value))
    if len(rows) and len(valued):
        group = bucket.user[valued] * len(bucket.kinds) + bucket.kind[valued]
        above[valued] = bucket.value[valued] > mean_of_group(bucket.value[valued], group)
    return above[rows]
