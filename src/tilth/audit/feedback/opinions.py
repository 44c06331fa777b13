"""Which events say an opinion, and which one."""

import numpy as np
from numpy.typing import NDArray

from tilth.audit.config import AuditConfig
from tilth.audit.interactions import UserBucket
from tilth.stats import mean_of_group

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
