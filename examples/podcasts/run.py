"""A new category without any log: which queries to offer for a thousand podcasts, and what do an LLM's add?

python examples/podcasts/run.py [--data ../shared/data] [--work work] [--screenshots]

Titles, categories and authors give the first suggestions. For the podcasts that none of them brings back, queries that
an LLM wrote (recorded, of a quarter of the podcasts) go through the same filters. `--screenshots` starts the server on
what was built and takes pictures of its search page, on a desk and a phone, light and dark (needs Chromium).
"""

import asyncio
import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from data import arguments, need
from numpy.typing import NDArray
from pictures import take_pictures

import tilth
from tilth.apps.project.suggesting.generating import to_ask
from tilth.artifacts.index import SearchIndex
from tilth.data import read_parquet
from tilth.stats import ClusterBootstrap, Estimate, wilson
from tilth.suggest import SafetyList, choose
from tilth.suggest.evaluate import retrievability
from tilth.suggest.filter.reasons import reason_of
from tilth.suggest.generate import WRITTEN_SCHEMA, Reach, reach_of, to_candidates
from tilth.suggest.generate.reach import TOP
from tilth.suggest.search import find

SETTINGS = """
[project]
name = "podcasts"

[data.items]
path = "podcasts.csv"
id = "id"
title = "title"
text = ["description"]
category = "category"
keep = ["author", "categories"]

[llm.writer]
provider = "recorded"
path = "answers.jsonl"
item_id = "podcast_id"
raw = "answer"

[suggest.facets]
columns = ["categories", "author"]
with_category = false

[suggest.generate]
llm = "writer"
queries = 5

[serve]
port = 8766

[serve.suggest]
demo = true
"""
TYPED = ("sport", "bible s", "sunny 16")
"""What is typed for the pictures: the last is the title of a podcast."""


def main() -> None:
    options = arguments(__doc__, screenshots=False)
    data, folder = need(options.data, "podcasts"), options.work / "podcasts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tilth.toml").write_text(SETTINGS, encoding="utf-8")
    write_podcasts(data / "podcasts.csv", folder / "podcasts.csv")
    recorded = write_answers(data / "llm_queries.csv", folder / "answers.jsonl")
    project = tilth.Project(folder / "tilth.toml")
    for path in (project.work / "suggest").glob("*.parquet"):
        path.unlink()
    mined = project.suggest.mine()
    print("candidates:", mined.candidates)
    built = project.suggest.build()
    print("kept and rejected:", built.counts)
    before = show_reach("titles and facets", project, shown_of(project))
    show_generated(project, recorded)
    after = show_reach("titles, facets and the LLM", project, shown_of(project))
    show_gained(before, after, recorded, project)
    judge_all(project)
    for typed in ("mus", "bible s", "funny"):
        print(f"{typed!r}:", ", ".join(f"{one.query} ({one.source})" for one in project.suggest.show(typed, 5)))
    if options.screenshots:
        for picture in asyncio.run(take_pictures(folder / "tilth.toml", 8766, TYPED, folder / "screenshots")):
            print(f"{picture} ({picture.stat().st_size:,} bytes)")


def show_generated(project: tilth.Project, recorded: set[str]) -> None:
    """Let the recorded LLM answer for the podcasts it knows, and say how many queries survive, and why not."""
    (run,) = project.suggest.generate()
    asked_without = sum(run.failures.values())
    print(f"the LLM was asked about {run.items} podcasts, of which {run.items - asked_without} have recorded answers")
    print(f"(recorded are {len(recorded)}); it wrote {run.queries} queries; broke a rule: {run.rejected}")
    print("words shared with the title:", run.overlap)
    built = project.suggest.build()
    counts = built.counts.get("llm", {})
    total = sum(counts.values())
    print(f"of {total} queries of the LLM {counts.get('kept', 0)} are kept ({counts.get('kept', 0) / total:.0%}):")
    for reason, count in counts.items():
        print(f"  {count:5d}  {reason}")


def judge_all(project: tilth.Project) -> None:
    """All recorded queries through the same filters, whether their podcast was reached before or not."""
    config, items = project.config.suggest, project.inputs.items
    index = SearchIndex.open(project.work / "index")
    answers = [json.loads(line) for line in (project.base / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    written = [
        {"id": answer["podcast_id"], "error": None, **query}
        for answer in answers
        for query in json.loads(answer["answer"])["queries"]
    ]
    asked = to_ask(items, index, config)
    found = to_candidates(pa.Table.from_pylist(written, schema=WRITTEN_SCHEMA), asked, "writer", config)
    chosen = choose([found], index, SafetyList(), config)
    counts = chosen.counts()["llm"]
    kept = np.array([fault is None for fault in chosen.table["rejected"].to_pylist()], float)
    of_podcast = ClusterBootstrap([ids[0] for ids in chosen.table["item_ids"].to_pylist()])
    share = of_podcast.estimate(float(kept.mean()), of_podcast.mean(kept))
    print(f"all {len(written)} recorded queries, {len(found)} of them distinct; kept {said(share)}:")
    for reason, count in counts.items():
        print(f"  {count:5d}  {count / len(found):5.1%}  {reason}")
    for reason in counts:
        some = [r["query"] for r in chosen.table.to_pylist() if reason_of(r["rejected"] or "kept") == reason]
        print(f"  {reason}:", "; ".join(some[:6]))
    kinds = dict[str, list[bool]]()
    intent_of = {" ".join(row["query"].lower().split()): row["intent"] for row in written}
    for row in chosen.table.to_pylist():
        kinds.setdefault(intent_of[row["query"]], []).append(row["rejected"] is None)
    print("kept by intent:", {kind: f"{sum(kept)} of {len(kept)}" for kind, kept in sorted(kinds.items())})
    shown = chosen.table.filter(pc.is_null(chosen.table["rejected"]))
    alone = reach_of(shown, index, items, config.filter)
    print(f"written for {len(answers)} podcasts, alone they reach {(alone.counts > 0).sum()}")
    columns = ["normal"]
    show_reach(
        "titles, facets and all of the LLM's", project, pa.concat_tables([shown_of(project), shown.select(columns)])
    )


def shown_of(project: tilth.Project) -> pa.Table:
    """The normal forms of what may be shown."""
    table = read_parquet(project.suggest.suggestions_path)
    return table.filter(pc.is_null(table["rejected"])).select(["normal"])


def show_reach(what: str, project: tilth.Project, shown: pa.Table) -> Reach:
    """Retrievability through the suggestions, with intervals over them."""
    index, items, config = SearchIndex.open(project.work / "index"), project.inputs.items, project.config.suggest.filter
    reach = reach_of(shown, index, items, config)
    found = list[NDArray[np.int64]]()
    for normal in shown["normal"].to_pylist():
        hits = find(index, normal, max(TOP, config.min_others + 1), config.match)
        found.append(hits.rows[:TOP] if len(hits) > config.min_others else hits.rows[:0])
    measured = retrievability(found, len(items))
    print(f"{what}: {len(shown)} suggestions; never reached {said(measured.never)} of the items, Gini {reach.gini:.3f}")
    return reach


def show_gained(before: Reach, after: Reach, recorded: set[str], project: tilth.Project) -> None:
    """Of the items that nothing reached, how many the LLM's queries reach now; only some have recorded answers."""
    asked = np.array([one in recorded for one in project.inputs.items.ids.to_pylist()]) & (before.counts == 0)
    gained = int((asked & (after.counts > 0)).sum())
    share = wilson(gained, int(asked.sum()))
    print(f"items that no suggestion reached: {(before.counts == 0).sum()}, now {(after.counts == 0).sum()}")
    print(f"of the {asked.sum()} with recorded answers {gained} are reached now [{share.low:.2f}, {share.high:.2f}]")


def said(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def write_podcasts(source: Path, target: Path) -> None:
    """The podcasts with the first of their categories in a column of its own."""
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "category"])
        writer.writeheader()
        writer.writerows({**row, "category": row["categories"].split("|")[0].strip()} for row in rows)


def write_answers(source: Path, target: Path) -> set[str]:
    """The recorded queries as one answer a podcast; returns the podcasts that have one."""
    answers = defaultdict[str, list[dict[str, str]]](list)
    with source.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            answers[row["podcast_id"]].append({"intent": row["kind"], "language": "en", "query": row["query"]})
    with target.open("w", encoding="utf-8") as file:
        for podcast, queries in answers.items():
            file.write(json.dumps({"podcast_id": podcast, "answer": json.dumps({"queries": queries})}) + "\n")
    return set(answers)


if __name__ == "__main__":
    main()
