"""How active a bucket's users are, and how many of them each item has."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import UserBucket
from tilth.audit.interactions.rows import pairs_of, users_of


def people(bucket: UserBucket, interaction: NDArray[np.bool_], items: int) -> dict[str, NDArray[Any]]:
    """Arrays:

    people: users with an interaction, users with one on a known item, distinct pairs of these; shape (3,).
    level, level_users: how many users have so many interactions, unknown items included; one shape.
    item, item_users: how many users each known item has, where it has any; one shape.
    """
    acts = np.bincount(bucket.user[interaction], minlength=users_of(bucket))
    level, level_users = np.unique(acts[acts > 0], return_counts=True)
    pairs = pairs_of(bucket, interaction)
    on_item = np.bincount(pairs.item, minlength=items)
    item = np.flatnonzero(on_item)
    in_matrix = 1 + int((np.diff(pairs.user) > 0).sum()) if len(pairs) else 0
    return {
        "people": np.array([(acts > 0).sum(), in_matrix, len(pairs)], np.int64),
        "level": level.astype(np.int64),
        "level_users": level_users.astype(np.int64),
        "item": item,
        "item_users": on_item[item],
    }
