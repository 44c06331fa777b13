"""Which events say an opinion, and which one."""

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.interactions import UserBucket

NONE, DISLIKE, NEITHER, LIKE = np.int8(-2), np.int8(-1), np.int8(0), np.int8(1)


def opinions_of(bucket: UserBucket, config: AuditConfig) -> NDArray[np.int8]:
    """The opinion that each event says, `NONE` where it says none; shape (events,).

    A rating is a like from `like_from` on, or above the mean of the user's ratings; it is a dislike below
    `dislike_below`. Without `dislike_below` any rating that is no like counts as a dislike here, but one that is just
    the user's mean as neither.
    """
    opinions = np.full(len(bucket), NONE, np.int8)
    opinions[bucket.rows_of(config.kinds.opinion)] = LIKE
    opinions[bucket.rows_of(config.kinds.negative)] = DISLIKE
    rated = np.flatnonzero(bucket.rows_of(config.kinds.rating) & np.isfinite(bucket.value))
    if len(rated):
        value, user = bucket.value[rated], bucket.user[rated]
        from_, below = (np.full(len(rated), given) for given in (config.like_from, config.dislike_below))
        if config.like_from is None:
            from_ = mean_of_group(value, user)
        if config.dislike_below is None:
            below = from_
        like = value > from_ if config.like_from is None else value >= from_
        opinions[rated] = np.where(like, LIKE, np.where(value < below, DISLIKE, NEITHER))
    return opinions


def mean_of_group(value: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean of the values of each one's group, shape (values,). Groups are numbered 0, 1, ..., not all need occur.

    Without rounding where a group's values are all the same, so that none of them lies above.
    """
    order = np.argsort(group, kind="stable")
    sorted_value, sorted_group = value[order], group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    sizes = np.diff(np.r_[starts, len(value)])
    low = np.minimum.reduceat(sorted_value, starts)
    means = low + np.add.reduceat(sorted_value - np.repeat(low, sizes), starts) / sizes
    spread = np.empty(len(value))
    spread[order] = np.repeat(means, sizes)
    return spread
