"""`tilth enrich synonyms` on a small catalog and its log."""

import json
from pathlib import Path

import pytest

from tilth.apps.cli.main import app
from tilth.apps.project import Project
from tilth.data import read_parquet
from tilth.records import rules_of
from tilth.testing import FakeLLMServer

TITLES = ["wireless headset", "gaming headset", "office headset", "head lamp", "head torch", "tool set", "tea set"]
LOG = """s,q,t,n,c
a,telly,2024-05-01T12:00:00,0,
a,tv,2024-05-01T12:01:00,4,i1
b,telly,2024-05-01T12:00:00,0,
b,tv,2024-05-01T12:01:00,4,i1
"""


def project(folder: Path, more: str = "") -> Path:
    rows = "".join(f'i{n},"{title}",Audio\n' for n, title in enumerate(TITLES))
    (folder / "items.csv").write_text("id,title,kind\n" + rows)
    (folder / "log.csv").write_text(LOG)
    settings = f"""
[data.items]
path = "items.csv"
id = "id"
title = "title"
category = "kind"

[data.searches]
path = "log.csv"
query = "q"
session_id = "s"
ts = "t"
results = "n"
clicked = "c"
{more}
"""
    (folder / "tilth.toml").write_text(settings)
    return folder / "tilth.toml"


def run(*arguments: str) -> None:
    app([*arguments], standalone_mode=False)


def test_candidates_are_mined_and_written(tmp_path, capsys):
    config = project(tmp_path)
    run("enrich", "synonyms", "--config", str(config), "--json")
    found = json.loads(capsys.readouterr().out)
    assert {one["name"]: one["examples"] for one in found["miners"]} == {
        "rule:joined": ["head set -> headset"],
        "rule:reformulated": ["telly -> tv"],
    }
    rules = rules_of(read_parquet(tmp_path / "work" / "rules" / "candidates.parquet"))
    assert [rule.source for rule in rules] == ["head set", "telly"]


@pytest.mark.parametrize("verdict", ["never", "two_way"])
def test_a_pair_is_asked_about_once(tmp_path, verdict):
    def answer(_request):
        return {"verdict": verdict, "context": None, "confidence": 0.9}

    with FakeLLMServer(answer) as server:
        llm = f'[llm.judge]\nprovider = "openai"\nbase_url = "{server.base_url}"\nmodel = "m"\n'
        llm += '[enrich.synonyms]\nllm = "judge"\n'
        config = project(tmp_path, llm)
        first = Project(config).mine_synonyms()
        second = Project(config).mine_synonyms()
        assert (first.asked, second.asked, server.calls) == (2, 0, 2)
    assert len(second.rules) == (0 if verdict == "never" else 2)
    assert second.dismissed == (2 if verdict == "never" else 0)
    assert {rule.direction for rule in second.rules} <= {"two_way"}
