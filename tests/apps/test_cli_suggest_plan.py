"""`tilth suggest plan`, and the questions of `tilth suggest generate` as batch files, over the wire."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import tilth

from tilth.testing import FakeLLMServer, run_batch

SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"
category = "kind"

[data.searches]
path = "log.csv"
query = "query"
user_id = "user"
ts = "ts"

[llm.w]
provider = "openai"
base_url = "%s"
model = "m"
max_retries = 0
price = { input_per_mtok = 2.0, output_per_mtok = 10.0, as_of = 2026-01-31 }

[suggest.generate]
llm = "w"
"""
NAMES = ["Zyx Quux", "Qwert Yuiop", "Asdf Ghjkl", "Uvwx Mnbvc", "Plok Ijnuh", "Esz Rdxcf"]


def put(folder: Path, base_url: str) -> Path:
    """Six drills that people search for, six oddities that nobody finds."""
    items = [f"i{at},drill number {at},tools" for at in range(6)] + [f"o{at},{t},odds" for at, t in enumerate(NAMES)]
    (folder / "items.csv").write_text("\n".join(["id,title,kind", *items]) + "\n")
    log = [f"p{who},drill,{1_714_560_000 + who}" for who in range(30)]
    (folder / "log.csv").write_text("\n".join(["user,query,ts", *log]) + "\n")
    (folder / "tilth.toml").write_text(SETTINGS % base_url)
    return folder / "tilth.toml"


def queries(request: dict[str, Any]) -> dict[str, Any]:
    assert "forbidden_words" in json.loads(request["messages"][1]["content"])
    return {"queries": [{"intent": "mood", "language": "en", "query": "odd things"}]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("odds")
    with FakeLLMServer(queries) as server:
        config = put(folder, server.base_url)
        for command in ("mine", "build"):
            assert tilth("suggest", command, "--config", config).code == 0
        yield config, server


def test_from_an_audit_to_a_plan_a_pilot_and_what_is_left(built: Any) -> None:
    config, server = built
    audited = tilth("audit", "--config", config)
    gaps = config.parent / "work" / "audit"
    assert f"Next: tilth suggest generate --gaps {gaps}" in audited.out
    rough = tilth("suggest", "plan", "--config", config, "--gaps", gaps)
    assert rough.code == 0, rough.err
    assert "comes from strangers and is data" in rough.out, "one question in full"
    assert '"forbidden_words"' in rough.out
    assert f"w: 6 items in 1 gap of {gaps}" in rough.out
    assert "rough: no real answer is known" in rough.out
    assert server.calls == 0
    (plan,) = tilth("suggest", "plan", "--config", config, "--pilot", 2, "--json").json()
    assert (plan["what"], plan["requests"], plan["distinct"], plan["answered"], plan["remaining"]) == (
        "items",
        6,
        6,
        2,
        4,
    )
    assert (plan["pilot_asked"], plan["observed"], plan["rough"], server.calls) == (2, 2, False, 2)
    assert plan["cost_usd"]["low"] <= plan["cost_usd"]["value"] <= plan["cost_usd"]["high"]
    assert plan["notes"] == ["6 of 12 items are brought back by no broad suggestion; first odds (6 of 6)"]
    run = tilth("suggest", "generate", "--config", config, "--budget-requests", 1, "--json")
    assert (run.code, run.json()[0]["cached"], run.json()[0]["left"]) == (6, 2, 3)
    assert "tilth suggest generate" in run.err
    assert "--resume" in run.err
    resumed = tilth("suggest", "generate", "--config", config, "--resume", "--json").json()[0]
    assert (resumed["cached"], resumed["calls"], resumed["left"], server.calls) == (3, 3, 0, 6)
    again = tilth("suggest", "generate", "--config", config, "--resume")
    assert (again.code, "nothing to take up" in again.err) == (2, True)


def test_there_and_back_through_files(tmp_path: Path) -> None:
    config = put(tmp_path, "http://127.0.0.1:9/v1")
    assert tilth("audit", "--config", config).code == 0
    gaps = tmp_path / "work" / "audit"
    exported = tilth("suggest", "export", "--config", config, "--gaps", gaps, "--json").json()
    assert (exported["step"], exported["requests"]) == ("suggest", 6)
    folder = Path(exported["folder"])
    assert folder.name == "suggest-w-001"
    (requests,) = folder.glob("requests-*.jsonl")
    run_batch(requests, folder / requests.name.replace("requests", "results"), queries, model="m")
    read = tilth("suggest", "import", folder, "--config", config)
    assert read.code == 0, read.err
    assert "`tilth suggest generate` would still ask 0" in read.out
    run = tilth("suggest", "generate", "--config", config, "--gaps", gaps, "--json").json()[0]
    assert (run["items"], run["calls"], run["cached"]) == (6, 0, 6)
    (gaps / "gaps.parquet").unlink()
    gone = tilth("suggest", "import", folder, "--config", config)
    assert (gone.code, "the gaps that it was exported for are gone" in gone.out) == (0, True), gone.err
    wrong = tilth("enrich", "import", folder, "--config", config)
    assert (wrong.code, "is an export of `suggest`" in wrong.err) == (2, True)


def test_what_cannot_be_planned(tmp_path: Path) -> None:
    config = put(tmp_path, "http://127.0.0.1:9/v1")
    alone = tilth("suggest", "plan", "--config", config, "--gap", "g1")
    assert (alone.code, "--gaps work/audit" in alone.err) == (2, True)
    early = tilth("suggest", "plan", "--config", config)
    assert (early.code, "it is not known yet" in early.err) == (3, True)
