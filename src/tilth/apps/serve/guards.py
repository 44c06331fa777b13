"""What stands between the filter's opinion and a list that somebody sees. Pure functions."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.apps.serve.config import GuardConfig
from tilth.client.messages import Guard, Mode

KEPT, SHADOW, HOLDOUT, MAX_REMOVED, MIN_KEPT = range(5)
GUARDS: tuple[Guard | None, ...] = (None, "shadow", "holdout", "max_removed", "min_kept")


@dataclass(frozen=True)
class Guarded:
    """`keep` and, for each candidate that a guard saved, which one (a place in `GUARDS`); both shape (n,)."""

    mode: Mode
    keep: NDArray[np.bool_]
    guard: NDArray[np.int64]


def guard(config: GuardConfig, context: str, p: NDArray[np.float64], drop: NDArray[np.bool_]) -> Guarded:
    """What is kept of a list whose filter would remove `drop`, shape (n,); `context` is what the holdout hashes."""
    mode: Mode = "filter"
    if in_share(config.holdout_salt, context, config.holdout_share):
        mode, saved, by = "holdout", drop, np.full(len(drop), HOLDOUT)
    elif config.shadow:
        mode, saved, by = "shadow", drop, np.full(len(drop), SHADOW)
    else:
        allowed, which = allowance(len(drop), config.max_removed_share, config.min_kept)
        saved = spared(p, drop, allowed)
        by = np.full(len(drop), which)
    return Guarded(mode, ~drop | saved, np.where(saved, by, KEPT))


def in_share(salt: str, key: str, share: float) -> bool:
    """Whether `key` belongs to a stable share of all keys: SHA-256 of salt and key, read as a number in [0, 1)."""
    if share <= 0:
        return False
    digest = hashlib.sha256(f"{salt}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def allowance(count: int, max_share: float, min_kept: int) -> tuple[int, int]:
    """How many of `count` may be removed, and which of the two guards says so (`MAX_REMOVED` where both do)."""
    by_share = int(np.floor(max_share * count + 1e-9))  # 0.7 of 10 is 7, not 6.999...
    by_length = max(count - min_kept, 0)
    return (by_share, MAX_REMOVED) if by_share <= by_length else (by_length, MIN_KEPT)


def spared(p: NDArray[np.float64], drop: NDArray[np.bool_], allowed: int) -> NDArray[np.bool_]:
    """Those of `drop` that stay since only `allowed` may go: the least bad, and of equals the ones offered first."""
    out = np.zeros(len(drop), dtype=bool)
    chosen = np.flatnonzero(drop)
    if len(chosen) > allowed:
        # Worst first; of equals the last offered first, so that reversing before a stable sort does it.
        worst = chosen[::-1][np.argsort(-p[chosen[::-1]], kind="stable")]
        out[worst[allowed:]] = True
    return out
