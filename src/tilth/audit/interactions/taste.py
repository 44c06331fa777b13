"""How popular what users see is, and what they like: sums over a bucket's users.

A measure such as the mean popularity of what users see is linear in the popularity of items: it is the scalar product
of popularity with a weight for each item, the sum over users of 1 / (items that the user saw). So the product with the
popularity that comes from each group alone gives, on the whole log, the measure exactly, and its value without any one
group, in popularity as well as in users.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.interactions.bucket import UserBucket
from tilth.audit.interactions.plan import Shared
from tilth.audit.interactions.rows import Pairs, liked_of, pairs_of, users_of


def taste(bucket: UserBucket, seen: NDArray[np.bool_], shared: Shared, config: AuditConfig) -> dict[str, NDArray[Any]]:
    """Arrays, where a user's list is the distinct known items among the events `seen`, shape (events,):

    audience: users with a list, users with a list who like something, pairs seen, pairs liked; shape (4,).
    popularity: sums over users of the mean popularity of their list, of the list if they like something, and of what
        they like; by the group that the popularity comes from; shape (3, GROUPS).
    tail: sums over users of the long tail's share of their list, and of how many items of it are on the list; without
        each group, and last with all; shape (2, GROUPS + 1).
    """
    items, users = shared.events.shape[1], users_of(bucket)
    lists, liked = pairs_of(bucket, seen), pairs_of(bucket, liked_of(bucket, config))
    on_list, likes = (np.bincount(pairs.user, minlength=users) for pairs in (lists, liked))
    both = (on_list > 0) & (likes > 0)
    counts = np.bincount(lists.item, minlength=items)
    weights = np.stack(
        [
            _weights(lists, on_list, on_list > 0, items),
            _weights(lists, on_list, both, items),
            _weights(liked, likes, both, items),
            counts,
        ]
    )
    # Most of a large catalog is in no list of a bucket.
    there = np.flatnonzero(weights.any(axis=0))
    weights = np.ascontiguousarray(weights[:, there])
    in_tail = np.ascontiguousarray(weights[[0, 3]])
    return {
        "audience": np.array([(on_list > 0).sum(), both.sum(), len(lists), len(liked)], np.int64),
        "popularity": np.stack([weights[:3] @ row[there].astype(np.float64) for row in shared.events], axis=1),
        "tail": np.stack([in_tail @ row[there].astype(np.float64) for row in shared.tail], axis=1),
    }


def _weights(pairs: Pairs, per_user: NDArray[np.int64], counted: NDArray[np.bool_], items: int) -> NDArray[np.float64]:
    """Per item the sum of 1 / `per_user` over the counted users who have it in `pairs`, shape (items,)."""
    share = np.where(counted, 1 / np.maximum(per_user, 1), 0.0)
    return np.asarray(np.bincount(pairs.item, share[pairs.user], items), np.float64)
