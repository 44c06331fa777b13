"""Settings of `compare`."""

from typing import Literal

import msgspec

from tilth.errors import ConfigError

Metric = Literal["precision", "recall", "f1", "auroc", "kappa", "qwk"]

Aggregate = Literal["dawid-skene", "gold-weights"]
"""Ways to make one source of several."""

METRICS: tuple[Metric, ...] = ("precision", "recall", "f1", "auroc", "kappa", "qwk")


class CompareConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a teacher must reach, and how sure the intervals are.

    Raises:
        ConfigError: for a value out of its range.
    """

    target_metric: Metric = "precision"
    """The metric that decides: the target is about it, and teachers are told apart by it."""
    target: float = 0.8
    """A teacher meets the target when its estimate is at least this."""
    min_coverage: float = 0.0
    """Share of the pairs asked about that must have got a label, 0 to 1."""
    n_boot: int = 1000
    """Bootstrap replicates."""
    seed: int = 0
    confidence: float = 0.95
    """Of every interval, between 0 and 1."""

    def __post_init__(self) -> None:
        if self.target_metric not in METRICS:
            raise ConfigError(f"target_metric '{self.target_metric}' is not one of {', '.join(METRICS)}")
        if not -1 <= self.target <= 1:
            raise ConfigError(f"target must lie in -1..1, got {self.target}")
        if not 0 <= self.min_coverage <= 1:
            raise ConfigError(f"min_coverage must lie in 0..1, got {self.min_coverage}")
        if not 0 < self.confidence < 1:
            raise ConfigError(f"confidence must lie between 0 and 1, got {self.confidence}")
        if self.n_boot < 1:
            raise ConfigError(f"n_boot must be at least 1, got {self.n_boot}")
