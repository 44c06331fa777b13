"""The result of `compare`: rows to print, differences, a verdict."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan
from typing import Any

from tilth.judge.compare_config import METRICS, Metric
from tilth.records import Positive
from tilth.stats import Estimate


@dataclass(frozen=True)
class TeacherScore:
    """One source against gold.

    `asked` gold pairs have a row of the source, `n` of them a label; `coverage` = n / asked, NaN where none was asked.
    Metrics are over the n labels. `cost_usd` is for all answers that came, failed ones included, and None where any of
    their prices is unknown; tokens likewise. Latencies are in seconds.
    """

    source: str
    asked: int
    not_asked: int
    outside_gold: int
    n: int
    coverage: float
    precision: Estimate
    recall: Estimate
    f1: Estimate
    auroc: Estimate
    kappa: Estimate
    qwk: Estimate
    cost_usd: float | None
    cost_per_1000: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_p50_s: float | None
    latency_p95_s: float | None
    refused: bool
    warnings: tuple[str, ...]

    def metric(self, name: Metric) -> Estimate:
        return getattr(self, name)

    def to_json(self) -> dict[str, Any]:
        """All fields; what is undefined or unknown is null."""
        plain = {name: value for name, value in vars(self).items() if name not in METRICS}
        plain |= {"coverage": None if isnan(self.coverage) else self.coverage, "warnings": list(self.warnings)}
        return plain | {name: self.metric(name).to_json() for name in METRICS}


@dataclass(frozen=True)
class Difference:
    """`metric` of `first` minus that of `second` on the pairs that both labelled, with a paired interval.

    `settled` says that the interval excludes 0; where it does not, `labels_to_settle` is how many gold labels in total
    would make it, if the difference holds (None: no number would).
    """

    metric: Metric
    first: str
    second: str
    n_common: int
    estimate: Estimate
    settled: bool
    labels_to_settle: int | None

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"estimate": self.estimate.to_json()}


@dataclass(frozen=True)
class Verdict:
    """`chosen` is the cheapest teacher that meets the target, None where none does.

    `candidates` are all that meet it, cheapest first, unknown costs last; `lower_end_meets` says whether the lower end
    of the chosen one's interval does too.
    """

    chosen: str | None
    lower_end_meets: bool
    candidates: tuple[str, ...]
    reason: str

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"candidates": list(self.candidates)}


@dataclass(frozen=True)
class Comparison:
    """Teachers measured on gold.

    `table` is sorted by the target metric, best first, undefined and refused ones last. `differences` are those of the
    best teacher and each other on that metric. `gold_is_human` only where every gold source is a person.
    """

    positive: Positive
    target_metric: Metric
    target: float
    confidence: float
    gold_sources: tuple[str, ...]
    gold_is_human: bool
    n_gold: int
    n_positive: int
    n_contexts: int
    table: list[TeacherScore]
    differences: list[Difference]
    verdict: Verdict
    notes: tuple[str, ...]
    pairwise: Callable[[str, str, Metric], Difference] = field(repr=False, compare=False)

    def score_of(self, source: str) -> TeacherScore:
        """The row of `source`.

        Raises:
            KeyError: when it is not in the table.
        """
        return {score.source: score for score in self.table}[source]

    def difference(self, first: str, second: str, metric: Metric | None = None) -> Difference:
        """Any two teachers on any metric (the target metric if not said), with the same bootstrap draws.

        Raises:
            KeyError: when one of them is not in the table.
        """
        return self.pairwise(first, second, metric or self.target_metric)

    def to_json(self) -> dict[str, Any]:
        """Everything but `pairwise`, as plain dicts and lists; NaN is null."""
        plain = {name: value for name, value in vars(self).items() if name != "pairwise"}
        return plain | {
            "positive": self.positive.describe(),
            "gold_sources": list(self.gold_sources),
            "table": [score.to_json() for score in self.table],
            "differences": [difference.to_json() for difference in self.differences],
            "verdict": self.verdict.to_json(),
            "notes": list(self.notes),
        }
