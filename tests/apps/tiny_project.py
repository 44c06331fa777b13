"""The tiny world as a project on disk, with a teacher behind a fake server."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tiny_world import PEOPLE, Pair, distilled, is_bad, jobs, offered, people

from tilth.apps.project import Project

PROJECT = """
[data.contexts]
path = "people.jsonl"
id = "id"
title = "title"
text = ["text"]

[data.items]
path = "jobs.jsonl"
id = "id"
title = "title"
text = ["text"]

[data.pairs]
path = "pairs.csv"
context_id = "person"
item_id = "job"
keep = ["rank"]

[data.gold]
path = "gold.csv"
context_id = "person"
item_id = "job"
source = "human:ann"
grade = "bad"
"""
JUDGE = '[judge]\nrubric = "bad-job-match"\nteachers = ["t"]\n'
ENRICH = '[enrich]\nllm = "t"\n[enrich.item.trade]\ntype = "text"\n'


def teacher(base_url: str, *more: str) -> str:
    """An `[llm.t]` section."""
    lines = ["[llm.t]", 'provider = "openai"', f'base_url = "{base_url}"', 'model = "m"', "max_retries = 0", *more]
    return "\n".join(lines) + "\n"


def put_project(folder: Path, *sections: str, count: int = PEOPLE) -> Path:
    """Write data and settings; returns the path of tilth.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, entities in (("people.jsonl", people(count)), ("jobs.jsonl", jobs())):
        lines = [json.dumps(row) for row in entities.table.to_pylist()]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    put_pairs(folder / "pairs.csv", offered(count))
    gold = [f"{person},{job},{is_bad((person, job)):d}" for person, job in offered(min(count, 24))]
    (folder / "gold.csv").write_text("\n".join(["person,job,bad", *gold]) + "\n")
    (folder / "tilth.toml").write_text("\n".join([PROJECT, *sections]), encoding="utf-8")
    return folder / "tilth.toml"


def put_pairs(path: Path, pairs: Iterable[Pair]) -> Path:
    lines = [f"{person},{job},{rank}" for rank, (person, job) in enumerate(pairs, start=1)]
    path.write_text("\n".join(["person,job,rank", *lines]) + "\n")
    return path


def with_student(folder: Path, *sections: str) -> Project:
    """A project whose student is the one of the tiny world."""
    project = Project(put_project(folder, *sections))
    distilled().filter.save(project.student_folder)
    return project


def question_of(request: dict[str, Any]) -> dict[str, Any]:
    """The texts that are asked about: the last thing a user said as JSON."""
    said = [message["content"] for message in request["messages"] if message["role"] == "user"]
    return json.loads([content for content in said if content.startswith("{")][-1])


def truthful(request: dict[str, Any]) -> dict[str, Any]:
    """What a perfect teacher says, from the texts it is shown; and a reader of the trade."""
    shown = question_of(request)
    if "job" not in shown:
        return {"trade": shown["title"].split()[0]}
    bad = shown["job seeker"]["title"] != shown["job"]["title"].split()[0]
    return {"reasons": ["occupation"] if bad else [], "grade": int(bad), "p": 0.95 if bad else 0.05}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
