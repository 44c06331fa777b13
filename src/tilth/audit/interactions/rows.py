"""Which events of a bucket are what, and the distinct pairs among some of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.interactions.bucket import UserBucket
from tilth.stats import mean_of_group


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs of a user and a known item, sorted; shape (pairs,)."""

    user: NDArray[np.int64]
    item: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.user)


def pairs_of(bucket: UserBucket, chosen: NDArray[np.bool_]) -> Pairs:
    """The distinct pairs of the chosen events, shape (events,); events on unknown items are in none."""
    rows = np.flatnonzero(chosen & (bucket.item >= 0))
    user, item = bucket.user[rows], bucket.item[rows]
    first = np.ones(len(rows), np.bool_)
    first[1:] = (user[1:] != user[:-1]) | (item[1:] != item[:-1])
    return Pairs(user[first], item[first])


def users_of(bucket: UserBucket) -> int:
    """How many users the bucket has."""
    return int(bucket.user[-1]) + 1 if len(bucket) else 0


def liked_of(bucket: UserBucket, config: AuditConfig) -> NDArray[np.bool_]:
    """Which events say that the user likes the item: of a positive kind or opinion, or a rating from `like_from` on;
    where that is not set, above the mean of the user's ratings."""
    kinds = config.kinds
    liked = bucket.rows_of((*kinds.positive, *kinds.opinion))
    rated = np.flatnonzero(bucket.rows_of(kinds.rating) & ~np.isnan(bucket.value))
    if len(rated):
        value = bucket.value[rated]
        high = value > mean_of_group(value, bucket.user[rated])
        liked[rated] |= high if config.like_from is None else value >= config.like_from
    return liked
