"""Dividing contexts into parts, by a hash of their id: a context's part never changes as data is added."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from tilth.errors import ConfigError, LeakError


@dataclass(frozen=True)
class Parts:
    """Named, disjoint sets of context ids.

    Raises:
        LeakError: a context stands in two of them.
    """

    of: Mapping[str, frozenset[str]]

    def __post_init__(self) -> None:
        for (a, ids_a), (b, ids_b) in combinations(self.of.items(), 2):
            shared = sorted(ids_a & ids_b)
            if shared:
                raise LeakError(
                    f"{len(shared)} contexts stand both in '{a}' and in '{b}', the first is '{shared[0]}'",
                    hint="a context belongs to one part only; mend the column that names the parts",
                )

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.of.get(name, frozenset())


def split_contexts(context_ids: list[str], shares: Mapping[str, float], *, seed: int) -> Parts:
    """Divide contexts at random in the given shares (which sum to 1), each by a hash of (seed, its id).

    Raises:
        ConfigError: the shares are negative or do not sum to 1.
    """
    # Written so that a NaN fails it too.
    if not (all(share >= 0 for share in shares.values()) and abs(sum(shares.values()) - 1.0) <= 1e-9):
        raise ConfigError(f"the shares of a split must be 0 or more and sum to 1, not {dict(shares)}")
    parts: dict[str, set[str]] = {name: set() for name in shares}
    for context_id in context_ids:
        parts[_part_of(_uniform(context_id, seed), shares)].add(context_id)
    return Parts({name: frozenset(ids) for name, ids in parts.items()})


def _uniform(context_id: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}\x1f{context_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _part_of(u: float, shares: Mapping[str, float]) -> str:
    upper = 0.0
    for name, share in shares.items():
        upper += share
        if u < upper:
            return name
    # The shares may sum to a little less than 1.
    return [name for name, share in shares.items() if share > 0][-1]
