"""`tilth enrich synonyms` and `tilth enrich expand` on a small catalog and its log."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from tilth.apps.cli.main import app
from tilth.apps.project import Project
from tilth.apps.project.searching import with_types
from tilth.artifacts.understanding import load_understanding
from tilth.data import read_parquet
from tilth.records import Entities, rules_of
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


def test_expanding_keeps_the_other_candidates(tmp_path, capsys):
    config = project(tmp_path)
    run("enrich", "synonyms", "--config", str(config))
    run("enrich", "expand", "--config", str(config))
    assert "nothing is in force" in capsys.readouterr().out
    rules = rules_of(read_parquet(tmp_path / "work" / "rules" / "candidates.parquet"))
    assert {rule.provenance for rule in rules} >= {"rule:joined", "rule:reformulated", "rule:type-last"}
    built = load_understanding(tmp_path / "work" / "understanding")
    assert built.understand("headset").category == "Audio"
    items = Entities("item", pa.table({"id": ["i0", "new"], "title": ["", ""], "text": ["", ""]}))
    assert with_types(items, tmp_path / "work").table["type"].to_pylist()[1] == ""
    assert with_types(items, tmp_path / "nowhere") is items


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
