"""`[judge]`."""

import msgspec

from tilth.judge.compare_config import CompareConfig, Metric


class JudgeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who labels, with which rubric, and what a teacher must reach."""

    rubric: str = "bad-job-match"
    """A shipped rubric's name, or the path of a rubric file."""
    teachers: list[str] = []
    """Names of `[llm.NAME]` sections."""
    shots: int = 0
    """How many examples from the few-shot part of the gold each question shows."""
    target_metric: Metric = "precision"
    target: float = 0.9
    min_coverage: float = 0.95
    confidence: float = 0.95
    n_boot: int = 1000

    def comparison(self, seed: int) -> CompareConfig:
        return CompareConfig(
            target_metric=self.target_metric,
            target=self.target,
            min_coverage=self.min_coverage,
            n_boot=self.n_boot,
            seed=seed,
            confidence=self.confidence,
        )
