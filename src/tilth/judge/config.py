"""`[judge]`."""

import msgspec

from tilth.errors import ConfigError
from tilth.judge.compare_config import Aggregate, CompareConfig, Metric


class JudgeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who labels, with which rubric, and what a teacher must reach."""

    rubric: str = "bad-job-match"
    """A shipped rubric's name, or the path of a rubric file."""
    teachers: list[str] = []
    """Names of `[llm.NAME]` sections."""
    shots: int = 0
    """How many examples from the few-shot part of the gold each question shows."""
    cascade: list[str] = []
    """Two or more names of `[llm.NAME]`, cheapest first: each next one sees only what the one before is unsure of."""
    cascade_share: float = 0.4
    """At most this share of the pairs that a teacher of the cascade judged goes on to the next."""
    cascade_margin: float | None = None
    """Where given, only pairs whose label is right with a probability under 0.5 + this go on (0 to 0.5)."""
    aggregates: list[Aggregate] = []
    """Sources made of all teachers together, measured beside them: `dawid-skene`, `gold-weights`."""
    target_metric: Metric = "precision"
    target: float = 0.9
    min_coverage: float = 0.95
    confidence: float = 0.95
    n_boot: int = 1000

    def check_cascade(self) -> None:
        """Raises:
        ConfigError: the cascade names one teacher, or one twice, or a limit of it is out of its range.
        """
        if len(self.cascade) == 1 or len(set(self.cascade)) != len(self.cascade):
            raise ConfigError("cascade needs two or more different names of [llm.NAME], cheapest first")
        if not 0 <= self.cascade_share <= 1:
            raise ConfigError(f"cascade_share must lie in 0..1, not {self.cascade_share}")
        if self.cascade_margin is not None and not 0 <= self.cascade_margin <= 0.5:
            raise ConfigError(f"cascade_margin must lie in 0..0.5, not {self.cascade_margin}")

    def comparison(self, seed: int) -> CompareConfig:
        return CompareConfig(
            target_metric=self.target_metric,
            target=self.target,
            min_coverage=self.min_coverage,
            n_boot=self.n_boot,
            seed=seed,
            confidence=self.confidence,
        )
