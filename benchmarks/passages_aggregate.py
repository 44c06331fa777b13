"""Does a vote of 27 LLM judges agree better with a NIST assessor than the best of them does alone?

    python benchmarks/passages_aggregate.py [folder]

The data are those of `passages_quality.py`. Two votes: Dawid and Skene's (no gold), and weights fitted on gold, each
query judged by weights fitted without it (5 folds). Printed are kappa and AUROC of both, of the majority and of the
best single judge, the paired differences, and seconds.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from passages_quality import CONFIG, DEFAULT, FILES, RELEVANT, load

from tilth.judge.aggregate import by_dawid_skene, by_gold_weights, panel_of
from tilth.judge.aligned import align_gold
from tilth.judge.compare import compare
from tilth.judge.comparison import Comparison
from tilth.records import JUDGMENT_SCHEMA, Judgments

MAJORITY, DS, GOLD = "model:majority", "model:aggregate-ds", "model:aggregate-gold"


def run(folder: Path) -> tuple[Comparison, dict[str, float]]:
    """All judges, the majority and both votes against gold; seconds by what took them."""
    gold, said = load(folder)
    start = time.perf_counter()
    panel = panel_of(said)
    truth = align_gold(gold)
    prepared = time.perf_counter()
    ds = by_dawid_skene(panel, RELEVANT)
    middle = time.perf_counter()
    weighted = by_gold_weights(panel, RELEVANT, truth, frozenset(truth.contexts.to_pylist()))
    end = time.perf_counter()
    share = np.nanmean(np.where(np.isnan(panel.grades), np.nan, panel.grades >= 2), axis=1)
    tables = [said.table, *(one.table.select(JUDGMENT_SCHEMA.names) for one in (ds, weighted)), _majority(ds, share)]
    result = compare(CONFIG, gold, Judgments(pa.concat_tables(tables)), positive=RELEVANT)
    return result, {"matrix": prepared - start, "Dawid-Skene": middle - prepared, "gold weights": end - middle}


def _majority(like: Judgments, share: np.ndarray) -> pa.Table:
    """The share of the judges that call a pair relevant, cut at half; costs as the others, all are asked."""
    columns = {"source": pa.array([MAJORITY] * len(share)), "p": pa.array(share)}
    columns["grade"] = pa.array(np.where(share >= 0.5, 2.0, 1.0))
    table = like.table
    return pa.table([columns.get(f.name, table[f.name]) for f in JUDGMENT_SCHEMA], schema=JUDGMENT_SCHEMA)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT, help="with pairs.csv.gz and llm_labels.csv.gz")
    folder = parser.parse_args().folder
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        print(f"{folder} lacks {' and '.join(absent)}: see passages_quality.py", file=sys.stderr)
        return 3
    result, seconds = run(folder)
    best = next(score.source for score in result.table if score.source not in (MAJORITY, DS, GOLD))
    print(f"{'':28}{'kappa':24}{'AUROC':24}dollars")
    for source in (best, GOLD, DS, MAJORITY):
        score = result.score_of(source)
        cells = "  ".join(f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for one in (score.kappa, score.auroc))
        print(f"{source.removeprefix('model:'):26}  {cells}  {score.cost_usd:8.2f}")
    for metric in ("kappa", "auroc"):
        for source in (GOLD, DS, MAJORITY):
            gap = result.difference(source, best, metric).estimate
            print(f"{metric} of {source[6:]} minus {best[6:]}: {gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]")
    print(", ".join(f"{what} {took:.2f} s" for what, took in seconds.items()) + " for 113,928 answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
