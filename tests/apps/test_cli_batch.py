"""Batch files from the command line: written, answered elsewhere or hosted, read back, and nothing asked again."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import Ran, tilth
from tiny_project import ENRICH, JUDGE, put_project, question_of, teacher, truthful

from tilth.apps.project import Project
from tilth.testing import BatchScript, FakeLLMServer, run_batch

PRICE = "price = { input_per_mtok = 1.0, output_per_mtok = 1.0, as_of = 2026-01-01%s }"
KEY = "sk-very-secret-0123456789"


class World:
    """A project of eight people and 32 pairs, its teacher behind a server."""

    def __init__(self, folder: Path, server: FakeLLMServer, *settings: str) -> None:
        self.folder = folder
        self.config = put_project(folder / "p", teacher(server.base_url, *settings), JUDGE, ENRICH, count=8)

    def run(self, *words: object, code: int = 0) -> Ran:
        ran = tilth(*words, "--config", self.config)
        assert ran.code == code, ran.err
        return ran

    def json(self, *words: object) -> Any:
        return self.run(*words, "--json").json()

    def fails(self, *words: object, code: int) -> str:
        return self.run(*words, code=code).err

    def export(self, step: str = "judge", **options: Any) -> Path:
        """The folder of a new export."""
        return Path(self.json(step, "export", *(word for pair in options.items() for word in pair))["folder"])


def answer_elsewhere(folder: Path, answer: Callable[[dict[str, Any]], Any] = truthful) -> list[Path]:
    """What `vllm run-batch` makes of an export, on a machine without a network."""
    made: list[Path] = []
    for requests in sorted(folder.glob("requests-*.jsonl")):
        made.append(folder / requests.name.replace("requests", "results"))
        run_batch(requests, made[-1], answer, model="m")
    return made


@pytest.fixture
def server() -> Any:
    with FakeLLMServer(truthful) as running:
        yield running


def test_there_and_back_through_files_asks_nothing_online(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    written = world.run("judge", "export")
    folder = tmp_path / "p" / "work" / "batches" / "judge-t-001"
    assert f"t: 32 requests for 'm' in {folder}" in written.out
    answer_elsewhere(folder)
    read = world.json("judge", "import", folder)[0]
    assert (read["exported"], read["answered"], read["missing"], read["still_to_ask"]) == (32, 32, 0, 0)
    run = world.json("judge", "run")[0]
    assert (run["labelled"], run["calls"], run["cached"]) == (32, 0, 32)
    assert server.calls == 0
    assert "nothing to export: all 32 questions are answered" in world.run("judge", "export").out


def test_enrich_goes_there_and_back_too(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    folder = world.export("enrich")
    results = answer_elsewhere(folder)
    elsewhere = tmp_path / "usb-stick.jsonl"
    results[0].rename(elsewhere)
    read = world.json("enrich", "import", elsewhere, "--export", folder)[0]
    assert (read["step"], read["answered"], read["still_to_ask"]) == ("enrich", 8, 0)
    assert world.json("enrich", "attributes")[0]["calls"] == 0


def test_only_what_failed_or_cannot_be_used_is_exported_again(tmp_path: Path, server: FakeLLMServer) -> None:
    """Of 32 answers, 8 are about nurses' jobs and fail, 8 about drivers' and say nothing."""

    def poor(body: dict[str, Any]) -> Any:
        title = question_of(body)["job"]["title"]
        if title.startswith("nurse"):
            raise ValueError("out of memory")
        return "Hm." if title.startswith("driver") else truthful(body)

    world = World(tmp_path, server)
    first = world.export()
    answer_elsewhere(first, poor)
    ran = world.run("judge", "import", first)
    assert "8 failed: HTTP 400" in ran.out.replace("t: ", "")
    assert "`judge run`" not in ran.out
    assert "`tilth judge run` would still ask 16; `tilth judge export` writes just these" in ran.out
    listed = (first / "problems.csv").read_text().splitlines()
    assert len(listed) == 1 + 8
    assert "out of memory" in listed[1]
    second = world.json("judge", "export")
    assert (second["requests"], second["answered"]) == (16, 16)
    assert Path(second["folder"]).name == "judge-t-002"
    answer_elsewhere(Path(second["folder"]))
    assert world.json("judge", "import", second["folder"])[0]["still_to_ask"] == 0
    run = world.json("judge", "run")[0]
    assert (run["labelled"], run["calls"]) == (32, 0)


def test_a_run_online_asks_just_what_the_batch_left(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    folder = world.export()
    results = answer_elsewhere(folder)[0]
    results.write_text("\n".join(results.read_text().splitlines()[:20]) + "\n")
    assert world.json("judge", "import", folder)[0]["still_to_ask"] == 12
    assert world.json("judge", "run")[0]["calls"] == 12 == server.calls


def test_the_hosted_way_from_submit_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEACHER_KEY", KEY)
    with FakeLLMServer(truthful, require_key=KEY, batches=BatchScript(shuffle=1)) as server:
        world = World(tmp_path, server, 'api_key_env = "TEACHER_KEY"', PRICE % ", batch_discount = 0.5")
        folder = world.export()
        assert "validating" in world.run("llm", "batch", "submit", folder).out
        assert world.json("llm", "batch", "submit", folder)["files"][0]["batch_id"] == "batch_1"
        status = _until_ended(world, folder)
        assert status["files"][0]["counts"] == {"total": 32, "completed": 32, "failed": 0}
        fetched = world.run("llm", "batch", "fetch", folder, "--wait")
        assert f"next: tilth judge import {folder}" in fetched.out
        read = world.json("judge", "import", folder)[0]
        assert (read["answered"], read["still_to_ask"], read["full_price"]) == (32, 0, False)
        tokens = read["prompt_tokens"] + read["completion_tokens"]
        assert read["cost_usd"] == pytest.approx(tokens * 0.5 / 1e6)
        run = world.json("judge", "run")[0]
        assert (run["calls"], run["labels_cost_usd"]) == (0, pytest.approx(tokens * 0.5 / 1e6))
        assert (server.calls, server.batches.created) == (0, 1)
    kept = [path.read_bytes() for path in (tmp_path / "p").rglob("*") if path.is_file()]
    assert not any(KEY.encode() in content for content in kept)


def test_the_budget_of_the_project_holds_for_batches(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        world = World(tmp_path, server)
        settings = world.config.read_text()
        world.config.write_text(settings + "[budget]\nrequests = 30\n")
        folder = world.export()
        error = world.fails("llm", "batch", "submit", folder, code=4)
        assert "2 of its 32 requests do not fit in what is left of the budget\n  hint: raise it" in error
        assert server.batches.created == 0
        world.config.write_text(settings + "[budget]\nrequests = 32\n")
        world.run("llm", "batch", "submit", folder)
        assert server.batches.created == 1


def test_a_run_beside_a_batch_leaves_what_the_batch_asks(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    folder = world.export()
    world.run("llm", "batch", "submit", folder)
    run = Project(world.config).judge()[0]
    assert (run.labelled, run.tally.calls, run.tally.left, server.calls) == (0, 0, 32, 0)
    assert "tilth llm batch fetch" in (run.stopped or "")
    world.run("llm", "batch", "fetch", folder, "--wait")
    assert world.json("judge", "import", folder)[0]["answered"] == 32
    run = Project(world.config).judge(resume=True)[0]
    assert (run.labelled, run.tally.calls, run.tally.left, server.calls) == (32, 0, 0, 0)


def test_what_a_batch_is_asking_is_not_submitted_in_another(tmp_path: Path) -> None:
    with FakeLLMServer(truthful, batches=BatchScript(request_s=60)) as server:
        world = World(tmp_path, server)
        world.run("llm", "batch", "submit", world.export())
        second = world.json("judge", "export", "--out", tmp_path / "again")
        assert "32 of its 32 requests are being asked by another" in world.fails(
            "llm", "batch", "submit", second["folder"], code=4
        )
        assert server.batches.created == 1


def test_cancelling_says_what_can_be_fetched(tmp_path: Path) -> None:
    with FakeLLMServer(truthful, batches=BatchScript(request_s=0.05)) as server:
        world = World(tmp_path, server)
        folder = world.export()
        world.run("llm", "batch", "submit", folder)
        assert "for what was answered before" in world.run("llm", "batch", "cancel", folder).out
        _until_ended(world, folder)
        world.run("llm", "batch", "fetch", folder)
        read = world.json("judge", "import", folder)[0]
        assert read["answered"] + read["failed"]["batch_cancelled"] == 32
        assert read["still_to_ask"] == 32 - read["answered"] > 0
        assert world.json("judge", "run")[0]["calls"] == read["still_to_ask"]


def test_without_a_discount_the_full_price_is_counted_and_said(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server, PRICE % "")
    folder = world.export()
    answer_elsewhere(folder)
    ran = world.run("judge", "import", folder)
    assert "[llm.t.price] sets no batch_discount: answers are counted at the full price" in ran.err


def test_without_a_price_the_cost_is_unknown(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    folder = world.export()
    answer_elsewhere(folder)
    ran = world.run("judge", "import", folder)
    assert "unknown" in ran.out
    assert "full price" not in ran.err


@pytest.mark.parametrize("discount", ["1.5", "-0.1"])
def test_a_discount_that_is_none_is_refused(tmp_path: Path, server: FakeLLMServer, discount: str) -> None:
    world = World(tmp_path, server, PRICE % f", batch_discount = {discount}")
    assert "price.batch_discount]: Expected `float`" in world.fails("judge", "export", code=2)


def test_wrong_input_is_named_with_what_to_do(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    folder = world.export()
    (tmp_path / "empty").mkdir()
    stray = tmp_path / "stray.jsonl"
    stray.write_text("{}\n")
    cases = [
        (("judge", "import", tmp_path / "no"), 3, "no such file"),
        (("judge", "import", tmp_path / "empty"), 3, "is not the folder of a whole export"),
        (("judge", "import", stray), 3, "lies in no folder of an export\n  hint: say which export"),
        (("judge", "import", folder), 3, "holds no results yet\n  hint: `tilth llm batch fetch"),
        (("enrich", "import", folder), 2, "is an export of `judge`\n  hint: tilth judge import"),
        (("judge", "export", "--out", folder), 3, "holds an export already"),
        (("judge", "export", "--teacher", "nobody"), 2, "there is no [llm.nobody]\n  hint: defined: t"),
        (("judge", "export", "--format", "csv"), 2, "'csv'"),
        (("llm", "batch", "submit", tmp_path / "no"), 3, "no such folder"),
        (("llm", "batch", "status", tmp_path / "empty"), 3, "is not the folder of a whole export"),
    ]
    for words, code, message in cases:
        assert message in world.fails(*words, code=code), words
    assert server.batches.created == 0


def test_results_of_another_project_are_refused(tmp_path: Path, server: FakeLLMServer) -> None:
    ours, theirs = World(tmp_path / "a", server), World(tmp_path / "b", server)
    people = tmp_path / "b" / "p" / "people.jsonl"
    people.write_text(people.read_text().replace("years", "long years"))
    folder = ours.export()
    foreign = answer_elsewhere(theirs.export())[0]
    error = ours.fails("judge", "import", foreign, "--export", folder, code=3)
    assert "none of its results is of this export\n  hint: were they made for another export" in error


def test_an_export_of_what_the_teacher_was_is_refused(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    folder = world.export()
    answer_elsewhere(folder)
    world.config.write_text(world.config.read_text().replace('model = "m"', 'model = "n"'))
    for words in (("judge", "import", folder), ("llm", "batch", "submit", folder)):
        error = world.fails(*words, code=2)
        assert f"was exported for 'm' at {server.base_url}, but [llm.t] is 'n' at {server.base_url}\n  hint: " in error


def test_recorded_answers_are_not_exported(fresh: Path) -> None:
    ran = tilth("judge", "export", "--config", fresh / "tilth.toml")
    assert ran.code == 2
    assert "repeats recorded answers: there is nothing to ask in a batch" in ran.err


def test_an_export_needs_no_key_and_a_submission_does(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server, 'api_key_env = "NO_SUCH_KEY"')
    folder = world.export()
    assert "the environment variable NO_SUCH_KEY is not set" in world.fails("llm", "batch", "submit", folder, code=2)


def test_a_file_that_changed_is_not_submitted(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)
    path = world.export() / "requests-00001.jsonl"
    path.write_text(path.read_text().replace("welder", "wizard"))
    assert "has changed since it was exported" in world.fails("llm", "batch", "submit", path.parent, code=3)
    assert server.batches.created == 0


def test_a_notebook_with_a_running_loop_can_submit(tmp_path: Path, server: FakeLLMServer) -> None:
    world = World(tmp_path, server)

    async def cell() -> str | None:
        batches = Project(world.config).batches
        return batches.submit(batches.export("judge").exported.folder).state.files[0].batch_id

    assert asyncio.run(cell()) == "batch_1"


def _until_ended(world: World, folder: Path) -> Any:
    deadline = time.monotonic() + 20
    while not (status := world.json("llm", "batch", "status", folder))["ended"]:
        assert time.monotonic() < deadline, json.dumps(status)
        time.sleep(0.05)
    return status
