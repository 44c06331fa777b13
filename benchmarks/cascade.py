"""Agreement against money: a cheap LLM judges all passages, a strong one those that the cheap one is unsure about.

    python benchmarks/cascade.py [folder]

The data are those of `passages_quality.py`: recorded answers with their dollars. A random half of the queries
calibrates the cheap judge, the other half measures. A line of a curve gives, for a share of the pairs escalated, the
kappa of the cascade, that of escalating as many pairs at random (the floor that being unsure has to beat, mean of 20
draws), the paired difference to the strong judge alone, and the money spent over what the strong judge costs for all.
Intervals are from a bootstrap over queries. What is chosen, is chosen on the calibrating half, printed first.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from passages_quality import DEFAULT, FILES, RELEVANT, load

from tilth.data import split_contexts
from tilth.judge.aggregate import came
from tilth.judge.aligned import Gold, align_gold
from tilth.judge.cascade import confidence_of, in_order, unsure
from tilth.records import Judgments, Pairs
from tilth.stats import ClusterBootstrap, Estimate, cohen_kappa, confusion_counts

CASCADES = (
    ("llama3-8b/rationale", "gpt-4o/basic"),
    ("llama3-8b/rationale", "gpt-4o/rationale"),
    ("gpt-3.5-turbo/rationale", "gpt-4o/rationale"),
    ("llama3-70b/basic", "gpt-4o/rationale"),
)
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
DRAWS = 20


@dataclass(frozen=True)
class Part:
    """The pairs of half of the queries: truth, what both judges say (relevant or not), and dollars, all (n,)."""

    truth: np.ndarray
    cheap: np.ndarray
    strong: np.ndarray
    certainty: np.ndarray
    cheap_usd: np.ndarray
    strong_usd: np.ndarray
    bootstrap: ClusterBootstrap

    def kappa(self, said: np.ndarray) -> tuple[float, np.ndarray]:
        value = float(cohen_kappa(confusion_counts(self.truth, said, 2)))
        return value, cohen_kappa(self.bootstrap.confusion(self.truth, said, 2))

    def estimate(self, value: float, draws: np.ndarray) -> Estimate:
        return self.bootstrap.estimate(value, draws)

    def mixed(self, rows: np.ndarray) -> np.ndarray:
        said = self.cheap.copy()
        said[rows] = self.strong[rows]
        return said


def halves(gold: Gold, said: Judgments, pairs: Pairs, names: tuple[str, str], seed: int = 0) -> tuple[Part, Part]:
    """The calibrating and the measuring half."""
    parts = split_contexts(gold.contexts.to_pylist(), {"calibration": 0.5, "test": 0.5}, seed=seed)
    both = [said.of(f"model:{name}") for name in names]
    pairs = asked_of_both(pairs, both)
    weak, strong = (in_order(one, pairs) for one in both)
    known = confidence_of(weak, RELEVANT, gold, parts["calibration"])
    truth = RELEVANT.of(gold.grades[gold.rows_of(pairs.table)])
    contexts = np.asarray(pairs.table["context_id"])

    def part(name: str) -> Part:
        rows = np.isin(contexts, sorted(parts[name]))
        labels = [_said(one)[rows] for one in (weak, strong)]
        money = [_dollars(one)[rows] for one in (weak, strong)]
        bootstrap = ClusterBootstrap(contexts[rows])
        return Part(truth[rows].astype(np.int64), *labels, known.certainty[rows], *money, bootstrap)

    return part("calibration"), part("test")


def asked_of_both(pairs: Pairs, both: list[Judgments]) -> Pairs:
    """A few dozen answers are missing from the published file."""
    keys = ["context_id", "item_id"]
    table = pairs.table
    for judgments in both:
        table = table.join(judgments.table.select(keys), keys=keys, join_type="left semi")
    return Pairs(table.sort_by([(key, "ascending") for key in keys]))


def _said(judgments: Judgments) -> np.ndarray:
    """1 where relevant; a failed answer counts as not relevant, so that every pair has a label."""
    return (np.nan_to_num(np.asarray(judgments.table["grade"].to_numpy())) >= 2).astype(np.int64)


def _dollars(judgments: Judgments) -> np.ndarray:
    return np.where(came(judgments.table), np.asarray(judgments.table["cost_usd"].to_numpy()), 0.0)


def print_curve(part: Part) -> None:
    alone, alone_draws = part.kappa(part.strong)
    rng = np.random.default_rng(0)
    print("  share   kappa                    at random   minus strong alone         money of strong")
    for share in SHARES:
        rows = unsure(part.certainty, share=share)
        value, draws = part.kappa(part.mixed(rows))
        shown, gap = part.estimate(value, draws), part.estimate(value - alone, draws - alone_draws)
        chance = [part.kappa(part.mixed(rng.permutation(len(part.truth))[: len(rows)]))[0] for _ in range(DRAWS)]
        money = (part.cheap_usd.sum() + part.strong_usd[rows].sum()) / part.strong_usd.sum()
        print(
            f"  {share:5.2f}   {shown.value:.3f} [{shown.low:.3f}, {shown.high:.3f}]   {np.mean(chance):9.3f}   "
            f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]   {money:10.1%}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT, help="with pairs.csv.gz and llm_labels.csv.gz")
    folder = parser.parse_args().folder
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        print(f"{folder} lacks {' and '.join(absent)}: see passages_quality.py", file=sys.stderr)
        return 3
    gold, said = load(folder)
    truth, pairs = align_gold(gold), Pairs(gold.table.select(["context_id", "item_id"]))
    for cheap, strong in CASCADES:
        calibrating, measuring = halves(truth, said, pairs, (cheap, strong))
        for name, part in (("calibrating", calibrating), ("measuring", measuring)):
            alone = part.estimate(*part.kappa(part.strong))
            print(
                f"\n{cheap} -> {strong}, {name} half: {len(part.truth):,} pairs of {part.bootstrap.n_clusters} "
                f"queries; strong alone: kappa {alone.value:.3f} [{alone.low:.3f}, {alone.high:.3f}]"
            )
            print_curve(part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
