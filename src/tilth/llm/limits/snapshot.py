"""Where a limiter stands, for a progress display."""

import msgspec

from tilth.llm.limits.adaptive import Phase
from tilth.llm.limits.breaker import BreakerState
from tilth.llm.limits.learned import RateState


class Snapshot(msgspec.Struct, frozen=True):
    """`level`: calls that may run at once, `ceiling`: the most it goes to at present, both counted in calls.

    `requests_per_s` and `tokens_per_s` are None where nothing bounds them. `refused` of the `calls` that ended were
    refused.
    """

    level: int
    ceiling: int
    phase: Phase
    in_flight: int
    waiting: int
    calls: int
    refused: int
    requests_per_s: float | None
    tokens_per_s: float | None
    rate: RateState
    breaker: BreakerState

    @property
    def refused_share(self) -> float:
        """Share of all calls so far, 0 to 1."""
        return self.refused / self.calls if self.calls else 0.0
