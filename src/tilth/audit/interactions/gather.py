"""From slices back to a bucket: all events of its users, sorted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.interactions.bucket import NO_TIME, UserBucket


@dataclass(frozen=True)
class Gathered:
    bucket: UserBucket
    users: NDArray[np.uint64]
    """The hash of each user of the bucket, shape (users,)."""
    duplicates: int
    """Events on known items that have a time and say what another one says, word for word."""


def gather(
    tables: Sequence[pa.Table], codes: Sequence[NDArray[np.int8]], *, kinds: tuple[str, ...], group: int, items: int
) -> Gathered:
    """Put the tables of `SPILL_SCHEMA` together.

    Args:
        codes: for each table, the index into `kinds` of each kind as the table numbers them.
        items: how many the catalog has.
    """
    hashes, item, ts, value = (_column(tables, name) for name in ("user", "item", "ts", "value"))
    numbered = zip(tables, codes, strict=True)
    kind = np.concatenate([np.zeros(0, np.int8), *(code[np.asarray(table["kind"])] for table, code in numbered)])
    users, user = np.unique(hashes, return_inverse=True)
    key = user * np.int64(items + 1) + item + 1
    order = np.argsort(key)
    key = key[order]
    repeated = np.flatnonzero(_runs(key))
    # Few rows share user and item: only these need the slower sort by all the rest.
    among = order[repeated]
    order[repeated] = among[np.lexsort((value[among], kind[among], ts[among], key[repeated]))]
    bucket = UserBucket(user[order], item[order], kind[order], ts[order], value[order], group, kinds)
    return Gathered(bucket, users, _duplicates(bucket, key))


def _column(tables: Sequence[pa.Table], name: str) -> NDArray[Any]:
    return np.concatenate([np.asarray(table[name]) for table in tables])


def _runs(key: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which entries equal a neighbor."""
    same = key[1:] == key[:-1]
    run = np.zeros(len(key), np.bool_)
    run[1:] = same
    run[:-1] |= same
    return run


def _duplicates(bucket: UserBucket, key: NDArray[np.int64]) -> int:
    again = np.flatnonzero((key[1:] == key[:-1]) & (bucket.ts[1:] == bucket.ts[:-1]))
    again = again[(bucket.ts[again] != NO_TIME) & (bucket.item[again] >= 0)]
    again = again[bucket.kind[again] == bucket.kind[again + 1]]
    one, other = bucket.value[again], bucket.value[again + 1]
    return int(((one == other) | (np.isnan(one) & np.isnan(other))).sum())
