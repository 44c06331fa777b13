"""Which LLM, with which prompt, judges passages like NIST's assessors do, and what does it cost?

python examples/passages/run.py [--data ../shared/data] [--work work]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data import arguments, need

import tilth
from tilth.apps.cli.show import show_comparison

SETTINGS = """
[project]
name = "passages"

[data.contexts]
path = "{data}/pairs.csv.gz"
id = "qid"
title = "query"
repeated = true

[data.items]
path = "{data}/pairs.csv.gz"
id = "pid"
text = ["passage"]
repeated = true

[data.pairs]
path = "{data}/pairs.csv.gz"
context_id = "qid"
item_id = "pid"

[data.gold]
path = "{data}/pairs.csv.gz"
context_id = "qid"
item_id = "pid"
source = "human:nist"
grade = "human"

[[data.judgments]]
path = "{data}/llm_labels.csv.gz"
context_id = "qid"
item_id = "pid"
source = "model:{{model}}/{{prompt}}"
grade = "llm_label"
raw = "response"
prompt_tokens = "prompt_tokens"
completion_tokens = "completion_tokens"
cost_usd = "cost_usd"

[judge]
rubric = "{rubric}"
target_metric = "kappa"
target = 0.5
"""


def main() -> None:
    options = arguments(__doc__)
    folder = options.work / "passages"
    folder.mkdir(parents=True, exist_ok=True)
    rubric = Path(__file__).with_name("passage-relevance.toml").resolve()
    settings = SETTINGS.format(data=need(options.data, "alaofi").resolve(), rubric=rubric)
    (folder / "tilth.toml").write_text(settings, encoding="utf-8")
    project = tilth.Project(folder / "tilth.toml")
    show_comparison(project.compare())
    print(project.report())


if __name__ == "__main__":
    main()
