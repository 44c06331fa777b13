"""What a run may take, and where it stands when it stops."""

import secrets
from dataclasses import dataclass, field

from tilth.llm import Ledger, Limits


@dataclass(frozen=True)
class Allowance:
    """What one command may take, over all the teachers it asks; without limits it is bounded by `[budget]` alone."""

    limits: Limits = field(default_factory=Limits)
    name: str = field(default_factory=lambda: f"run:{secrets.token_hex(6)}")

    @property
    def ledger(self) -> Ledger | None:
        """None where nothing is limited."""
        return Ledger(self.name, self.limits) if self.limits != Limits() else None
