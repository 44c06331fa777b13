"""`tilth enrich spell ask`: an LLM over the wire settles hard queries, within a budget, and can be taken back."""

from pathlib import Path
from typing import Any

import pytest
from cli_helpers import tilth
from spell_project import put_spelling, write_rows
from tiny_project import question_of, teacher

from tilth.apps.project import Project
from tilth.artifacts.speller import load_speller
from tilth.data import read_parquet
from tilth.errors import ConfigError, DataError
from tilth.records import rules_of
from tilth.testing import FakeLLMServer

ASKS = '[enrich]\nllm = "t"\n[enrich.spell]\nask_within = 1000.0\n'
SAID: dict[str, dict[str, Any]] = {
    "toilet seat": {"verdict": "leave", "text": None},
    "toliet seat": {"verdict": "correct", "text": "toilet seats"},
    "counter top": {"verdict": "unsure", "text": None},
    "white toliet": {"verdict": "correct", "text": "white toilet 3000"},
}


def linguist(request: dict[str, Any]) -> dict[str, Any]:
    return SAID[question_of(request)["query"]]


def built(folder: Path, server: FakeLLMServer) -> Path:
    config = put_spelling(folder, teacher(server.base_url, "concurrency = 1"), ASKS)
    assert tilth("enrich", "spell", "--config", config, "--json").code == 0
    return config


def settled_in(config: Path) -> dict[str, tuple[str | None, str]]:
    speller = load_speller(config.parent / "work" / "speller")
    return {row.query: (row.text, row.source) for row in speller.tables.exceptions.by_words.values()}


def test_what_a_model_says_is_settled_with_its_source_and_can_be_taken_back(tmp_path: Path) -> None:
    with FakeLLMServer(linguist) as server:
        config = built(tmp_path, server)
        assert tilth("enrich", "spell", "plan", "--config", config, "--json").json()[0]["remaining"] == len(SAID)
        assert server.calls == 0
        ran = tilth("enrich", "spell", "ask", "--config", config, "--json").json()
        assert server.calls == len(SAID)
    counts = {name: ran[name] for name in ("asked", "corrected", "kept", "unsure", "refused")}
    why = "a number, a model name or a foreign word was changed"
    assert counts == {"asked": 4, "corrected": 1, "kept": 1, "unsure": 1, "refused": {why: 1}}
    settled = {"toilet seat": (None, "model:t"), "toliet seat": ("toilet seats", "model:t")}
    assert settled_in(config) == settled
    found = tilth("enrich", "spell", "check", "Toliet SEAT", "--config", config, "--json").json()
    assert (found["corrected"], found["settled_by"]) == ("toilet seats", "model:t")
    again = tilth("enrich", "spell", "--config", config, "--json").json()
    assert (again["settled"], settled_in(config)) == (2, settled), "a new build keeps what was settled"
    assert tilth("enrich", "spell", "forget", "model:t", "--config", config, "--json").json()["forgotten"] == 2
    assert settled_in(config) == {}
    assert tilth("enrich", "spell", "--config", config, "--json").json()["settled"] == 0
    ran = tilth("enrich", "spell", "forget", "model:t", "--config", config)
    assert (ran.code, "has settled no query" in ran.err) == (3, True)


def test_rules_name_the_model_that_settled_their_query(tmp_path: Path) -> None:
    with FakeLLMServer(linguist) as server:
        config = built(tmp_path, server)
        tilth("enrich", "spell", "ask", "--config", config)
    project = Project(config)
    run = project.spelling.build()
    assert run.settled == 2
    rules = rules_of(read_parquet(run.rules_path))
    by_model = [(rule.source, rule.target) for rule in rules if rule.provenance == "model:t"]
    assert by_model == [("toliet seat", "toilet seats")]


def test_a_budget_stops_it_and_resume_goes_on(tmp_path: Path) -> None:
    with FakeLLMServer(linguist) as server:
        config = built(tmp_path, server)
        ran = tilth("enrich", "spell", "ask", "--config", config, "--budget-requests", 2)
        assert (ran.code, server.calls) == (6, 2)
        assert f"tilth enrich spell ask --resume --config {config}" in " ".join(ran.err.split())
        assert tilth("enrich", "spell", "ask", "--config", config, "--resume").code == 0
        assert server.calls == len(SAID)
        ran = tilth("enrich", "spell", "ask", "--config", config, "--resume")
        assert (ran.code, "nothing to take up" in ran.err) == (2, True)
    assert len(settled_in(config)) == 2


def test_a_model_that_never_answers_usably_settles_nothing(tmp_path: Path) -> None:
    with FakeLLMServer(lambda _: "no idea") as server:
        config = built(tmp_path, server)
        ran = tilth("enrich", "spell", "ask", "--config", config)
    assert (ran.code, "none of 4 answers is usable" in ran.err) == (4, True)
    assert settled_in(config) == {}


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    config = put_spelling(tmp_path)
    with pytest.raises(ConfigError, match=r"\[enrich\] names no llm"):
        Project(config).spelling.ask()
    unlogged = put_spelling(tmp_path / "b", teacher("http://127.0.0.1:9/v1"), ASKS, log=False)
    assert tilth("enrich", "spell", "ask", "--config", unlogged).code == 5
    Project(unlogged).spelling.build()
    with pytest.raises(DataError, match="no queries to ask about"):
        Project(unlogged).spelling.ask()


def test_recorded_answers_are_found_by_their_query(tmp_path: Path) -> None:
    recorded = '[llm.t]\nprovider = "recorded"\npath = "said.csv"\ncontext_id = "query"\n'
    write_rows(tmp_path / "said.csv", ["query,verdict,text", "toliet seat,correct,toilet seats", "counter top,leave,"])
    config = put_spelling(tmp_path, recorded, ASKS)
    Project(config).spelling.build()
    ran = Project(config).spelling.ask()
    assert (ran.asked, ran.corrected, ran.kept, sum(ran.refused.values())) == (4, 1, 1, 2)
