"""Nine LLMs times three prompts as relevance judges of passages, against a NIST assessor's grades.

    python benchmarks/passages_quality.py [folder]

The data belong to "On the Use of LLMs for Relevance Labelling" (TOIS): 4,222 (query, passage) pairs of the TREC Deep
Learning tracks 2021 and 2022 with a grade 0-3, and 113,928 real answers. The folder holds `pairs.csv.gz` and
`llm_labels.csv.gz`. Quality and dollars are printed for each of the 27 teachers, and how much faster the replicates of
one kappa come than from scikit-learn's `cohen_kappa_score` on resampled rows.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sklearn.metrics import cohen_kappa_score

from tilth.judge.compare import compare
from tilth.judge.compare_config import CompareConfig
from tilth.judge.comparison import Comparison, TeacherScore
from tilth.records import JUDGMENT_SCHEMA, Judgments, Positive
from tilth.stats import ClusterBootstrap, cohen_kappa

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "alaofi"
FILES = ("pairs.csv.gz", "llm_labels.csv.gz")
RELEVANT = Positive("relevant", at_least=2)
CONFIG = CompareConfig(target_metric="kappa", target=0.5, min_coverage=0.99)
SHORT = {
    "claude-3-haiku-20240307-v1": "claude-3-haiku",
    "claude-3-opus-20240229-v1": "claude-3-opus",
    "command-r-plus-v1": "command-r-plus",
    "command-r-v1": "command-r",
    "gpt-35-turbo-1106": "gpt-3.5-turbo",
    "gpt-4-0613": "gpt-4",
    "llama3-70b-instruct-v1": "llama3-70b",
    "llama3-8b-instruct-v1": "llama3-8b",
}


def load(folder: Path) -> tuple[Judgments, Judgments]:
    """Gold and judgments. The context is the query id, which the two collections do not share."""
    pairs, answers = (_read(folder / name) for name in FILES)
    gold = {"source": _constant("human:nist", pairs), "grade": pairs["human"].cast(pa.float64())}
    labels = answers["llm_label"]
    # Any other text in the column is a scrap of an answer that could not be parsed.
    parsed = pc.match_substring_regex(labels, r"^[0-3](\.0)?$")
    models = np.array([SHORT.get(name, name) for name in answers["model"].to_pylist()])
    said = {
        "source": pc.binary_join_element_wise("model:", pa.array(models), "/", answers["prompt"], ""),
        "grade": pc.if_else(parsed, labels, None).cast(pa.float64()),
        "error": pc.if_else(parsed, None, pa.scalar("unparsable answer")),
        "raw": answers["response"],
        "prompt_tokens": answers["prompt_tokens"],
        "completion_tokens": answers["completion_tokens"],
        "cost_usd": answers["cost_usd"],
    }
    return _judgments(pairs, gold), _judgments(answers, said)


def run(folder: Path = DEFAULT) -> Comparison:
    """Compares the 27 teachers at grade 2 and more."""
    return compare(CONFIG, *load(folder), positive=RELEVANT)


def _read(path: Path) -> pa.Table:
    return csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True))


def _judgments(pairs: pa.Table, columns: dict[str, pa.ChunkedArray]) -> Judgments:
    columns |= {"context_id": pairs["qid"].cast(pa.string()), "item_id": pairs["pid"]}
    empty = {field.name: pa.nulls(len(pairs), field.type) for field in JUDGMENT_SCHEMA if field.name not in columns}
    columns |= empty
    arrays = [columns[field.name].cast(field.type) for field in JUDGMENT_SCHEMA]
    return Judgments(pa.table(arrays, schema=JUDGMENT_SCHEMA))


def _constant(value: str, table: pa.Table) -> pa.Array:
    return pa.repeat(pa.scalar(value), len(table))


def _line(score: TeacherScore) -> str:
    numbers = [score.kappa, score.precision, score.recall, score.auroc, score.qwk]
    cells = "  ".join(f"{one.value:6.3f} [{one.low:6.3f},{one.high:6.3f}]" for one in numbers)
    cost = "unknown" if score.cost_usd is None else f"${score.cost_usd:7.2f}"
    return f"{score.source.removeprefix('model:'):26} {cells}  {score.coverage:6.1%}  {cost}"


def _print(result: Comparison, seconds: float) -> None:
    head = "  ".join(f"{name:22}" for name in ("kappa", "precision", "recall", "auroc", "qwk"))
    print(f"{'teacher':26} {head}  cover      cost")
    for score in result.table:
        print(_line(score))
    best = result.table[0].source.removeprefix("model:")
    print(f"\nkappa of {best} minus that of")
    for one in result.differences[:6]:
        more = "settled" if one.settled else f"settled by about {one.labels_to_settle} gold labels"
        gap = f"{one.estimate.value:.3f} [{one.estimate.low:.3f}, {one.estimate.high:.3f}]"
        print(f"  {one.second.removeprefix('model:'):26} {gap}  {more}")
    print(f"\n{result.verdict.reason}")
    print(f"{result.n_gold:,} gold pairs of {', '.join(result.gold_sources)}; read and compared in {seconds:.1f} s")


def _speed_against_scikit_learn(folder: Path, n_peer: int = 20) -> float:
    """Seconds per bootstrap replicate of one teacher's kappa, scikit-learn's over ours, on the same resampled rows."""
    pairs = _read(folder / FILES[0])
    gold = np.asarray(pairs["human"]) >= RELEVANT.at_least
    said = gold ^ (np.random.default_rng(0).random(len(gold)) < 0.2)
    bootstrap = ClusterBootstrap(np.asarray(pairs["qid"]), n_boot=CONFIG.n_boot)
    start = time.perf_counter()
    ours = cohen_kappa(bootstrap.confusion(gold, said, 2))
    middle = time.perf_counter()
    counts = bootstrap.weights[:n_peer].astype(int)[:, bootstrap.codes]
    peer = [cohen_kappa_score(np.repeat(gold, count), np.repeat(said, count)) for count in counts]
    end = time.perf_counter()
    np.testing.assert_allclose(ours[:n_peer], peer)
    return ((end - middle) / n_peer) / ((middle - start) / CONFIG.n_boot)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT, help="with pairs.csv.gz and llm_labels.csv.gz")
    folder = parser.parse_args().folder
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        print(
            f"{folder} lacks {' and '.join(absent)}: download the labels published with 'On the Use of LLMs for "
            "Relevance Labelling' (TOIS) with the passages of TREC DL 2021 and 2022, and give their folder as argument",
            file=sys.stderr,
        )
        return 3
    start = time.perf_counter()
    result = run(folder)
    _print(result, time.perf_counter() - start)
    print(f"a replicate of kappa is {_speed_against_scikit_learn(folder):,.0f}x faster than with scikit-learn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
