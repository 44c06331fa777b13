"""`tilth enrich synonyms` on a small catalog and its log."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cli_helpers import tilth

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


def answer(request: dict[str, Any]) -> dict[str, Any]:
    asked = json.loads(request["messages"][1]["content"])
    if "query" not in asked:
        return {"verdict": SAID[asked["source"]], "context": None, "confidence": 0.9}
    told = {"direction": "one_way", "context": None, "confidence": 0.9}
    return {"synonyms": [{"source": "telly", "target": target, **told} for target in ("head lamp", "screen")]}


SAID = {"head set": "two_way", "telly": "never"}


def with_llm(folder: Path, server: FakeLLMServer, more: str = "") -> Path:
    llm = f'[llm.judge]\nprovider = "openai"\nbase_url = "{server.base_url}"\nmodel = "m"\nconcurrency = 1\n'
    return project(folder, llm + '[enrich.synonyms]\nllm = "judge"\n' + more)


@pytest.mark.parametrize("verdict", ["never", "two_way"])
def test_a_pair_is_asked_about_once(tmp_path, verdict):
    with FakeLLMServer(lambda _: {"verdict": verdict, "context": None, "confidence": 0.9}) as server:
        config = with_llm(tmp_path, server)
        first = Project(config).synonyms.mine()
        second = Project(config).synonyms.mine()
        assert (first.run.asked, second.run.asked, server.calls) == (2, 0, 2)
    assert len(second.mined.rules) == (0 if verdict == "never" else 2)
    assert second.dismissed == (2 if verdict == "never" else 0)
    assert {rule.direction for rule in second.mined.rules} <= {"two_way"}


def test_a_plan_a_budget_and_a_second_go(tmp_path):
    with FakeLLMServer(answer) as server:
        config = with_llm(tmp_path, server)
        planned = tilth("enrich", "synonyms", "plan", "--config", config, "--json").json()
        assert (planned[0]["what"], planned[0]["remaining"], server.calls) == ("pairs", 2, 0)
        ran = tilth("enrich", "synonyms", "--config", config, "--budget-requests", 1)
        assert (ran.code, server.calls) == (6, 1)
        assert f"tilth enrich synonyms --resume --config {config}" in " ".join(ran.err.split())
        ran = tilth("enrich", "synonyms", "--config", config, "--resume", "--json")
        assert (ran.code, server.calls, ran.json()["dismissed"]) == (0, 2, 1)
        ran = tilth("enrich", "synonyms", "--config", config, "--resume")
        assert (ran.code, "nothing to take up" in ran.err) == (2, True)


def test_terms_are_proposed_for_what_finds_nothing(tmp_path):
    with FakeLLMServer(answer) as server:
        config = with_llm(tmp_path, server, 'miners = ["joined"]\n')
        planned = tilth("enrich", "synonyms", "plan", "--of", "proposals", "--config", config, "--json").json()
        assert (planned[0]["what"], planned[0]["remaining"], server.calls) == ("queries", 1, 0)
        ran = tilth("enrich", "synonyms", "propose", "--config", config, "--json").json()
        assert (ran["asked"], ran["usable"], ran["examples"]) == (1, 1, ["telly -> head lamp"])
        assert ran["rejected"] == {"stands nowhere in the catalog": 1}
        again = tilth("enrich", "synonyms", "propose", "--config", config)
        assert "usable terms: 1, such as telly -> head lamp" in " ".join(again.out.split())
        assert server.calls == 1
        SAID["telly"] = "source_to_target"
        found = tilth("enrich", "synonyms", "--config", config, "--json").json()
        SAID["telly"] = "never"
    assert {one["name"]: one["examples"] for one in found["miners"]}["model:judge"] == ["telly -> head lamp"]
    dismissed = tilth("enrich", "synonyms", "dismiss", "Head Lamp", "telly", "--by", "human:ann", "--config", config)
    assert dismissed.code == 0
    verdicts = pq.read_table(config.parent / "work" / "rules" / "verdicts.parquet")
    assert "human:ann" in verdicts["judge"].to_pylist()
    found = tilth("enrich", "synonyms", "--config", config, "--json").json()
    assert ([one["name"] for one in found["miners"]], found["dismissed"], found["asked"]) == (["rule:joined"], 1, 0)


def test_questions_go_by_batch_too(tmp_path):
    with FakeLLMServer(answer) as server:
        config = with_llm(tmp_path, server)
        for of, first, count in (("verdicts", "synonyms", 2), ("proposals", "proposals", 1)):
            out = tmp_path / of
            ran = tilth("enrich", "synonyms", "export", "--of", of, "--out", out, "--config", config, "--json").json()
            assert (ran["step"], ran["requests"]) == (first, count)
            answered(out, ran["model"])
            read = tilth("enrich", "synonyms", "import", out, "--config", config, "--json").json()
            assert (read[0]["answered"], read[0]["still_to_ask"]) == (count, 0)
        wrong = tilth("enrich", "import", tmp_path / "proposals", "--config", config)
        assert (wrong.code, "tilth enrich synonyms import" in wrong.err) == (2, True)
        tilth("enrich", "synonyms", "propose", "--config", config)
        tilth("enrich", "synonyms", "--config", config)
        assert server.calls == 1, "only the pair that was proposed meanwhile is new"


def answered(folder: Path, model: str) -> None:
    """What a provider makes of the files of an export."""
    (requests,) = folder.glob("*.jsonl")
    lines = []
    for line in requests.read_text().splitlines():
        asked = json.loads(line)
        content = json.dumps(answer(asked["body"]))
        choices = [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        body = {"id": "x", "object": "chat.completion", "model": model, "choices": choices, "usage": usage}
        response = {"status_code": 200, "request_id": "r", "body": body}
        lines.append(json.dumps({"custom_id": asked["custom_id"], "response": response, "error": None}))
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / "one.jsonl").write_text("\n".join(lines) + "\n")


def test_what_is_missing_is_said(tmp_path):
    config = project(tmp_path)
    ran = tilth("enrich", "synonyms", "propose", "--config", config)
    assert (ran.code, "[enrich.synonyms] names no proposer" in ran.err) == (2, True)
    ran = tilth("enrich", "synonyms", "plan", "--config", config)
    assert (ran.code, "[enrich.synonyms] names no llm" in ran.err) == (2, True)
    ran = tilth("enrich", "synonyms", "dismiss", "tv", "lamp", "--by", "model:judge", "--config", config)
    assert (ran.code, "'model:judge' is no person" in ran.err) == (3, True)
    assert not (config.parent / "work" / "rules" / "verdicts.parquet").exists()
    ran = tilth("enrich", "synonyms", "dismiss", "a", "A", "--by", "catalog-team", "--config", config)
    assert (ran.code, "no pair of terms" in ran.err) == (3, True)
    with FakeLLMServer(lambda _: "no idea") as server:
        config = with_llm(tmp_path, server, "users = 3\n")
        ran = tilth("enrich", "synonyms", "propose", "--config", config)
        assert (ran.code, "no query of the log" in ran.err) == (3, True)
        ran = tilth("enrich", "synonyms", "--config", config)
        assert (ran.code, "none of 1 answers is usable" in ran.err) == (4, True)
