"""Which events of a bucket are what, and the distinct pairs among some of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.interactions.bucket import UserBucket


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
    """Which events say that the user likes the item: of a positive kind, or ratings from `like_from` on; where that is
    not set, above the user's own mean. A rating is an event with a value whose kind has no other role."""
    kinds = config.kinds
    positive = bucket.rows_of(kinds.positive)
    rated = ~np.isnan(bucket.value) & ~bucket.rows_of((*kinds.exposure, *kinds.positive, *kinds.negative))
    if config.like_from is not None:
        return positive | (rated & (bucket.value >= config.like_from))
    user, value = bucket.user[rated], bucket.value[rated]
    count = np.bincount(user, minlength=users_of(bucket))
    mean = np.bincount(user, value, users_of(bucket)) / np.maximum(count, 1)
    liked = positive.copy()
    liked[rated] |= value > mean[user]
    return liked
