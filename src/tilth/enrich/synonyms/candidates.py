"""A pair of texts that may mean the same, before anything is known of whether it helps."""

from dataclasses import dataclass

from tilth.records import Direction


@dataclass(frozen=True)
class Candidate:
    """`weight`: how sure the miner is, at most 1. `note`: the numbers that speak for it."""

    source: str
    target: str
    provenance: str
    weight: float
    note: str
    direction: Direction = "two_way"

    @property
    def key(self) -> tuple[str, str]:
        """The pair without its direction."""
        return (self.source, self.target) if self.source <= self.target else (self.target, self.source)
