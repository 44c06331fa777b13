"""Labelling a project: what is kept, resumed after a kill, and shown to teachers."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tiny_project import ENRICH, JUDGE, put_project, question_of, teacher, truthful
from tiny_world import is_bad, offered

from tilth.apps.project import Project
from tilth.errors import ConfigError, DataError, LLMError
from tilth.llm import SqliteStore
from tilth.testing import FakeLLMServer

IN_FLIGHT = 4


def project_for(folder: Path, server: FakeLLMServer, *sections: str, count: int = 8, **more: Any) -> Project:
    settings = [f"{name} = {value}" for name, value in more.items()]
    return Project(put_project(folder, teacher(server.base_url, *settings), *sections, count=count))


def test_a_run_writes_judgments_and_says_what_it_took(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, JUDGE)
        run = project.judge()[0]
    assert (run.pairs, run.labelled, run.positive, run.positive_share) == (32, 32, "bad", 0.5)
    assert (run.failures, run.cost_usd) == ({}, None)
    rows = pq.read_table(run.path).to_pylist()
    assert [(row["context_id"], row["item_id"]) for row in rows] == offered(8)
    assert [bool(row["grade"]) for row in rows] == [is_bad(pair) for pair in offered(8)]
    assert json.loads(run.path.with_suffix(".json").read_text())["labelled"] == 32


def test_failures_are_counted_by_reason_and_never_become_labels(tmp_path: Path) -> None:
    def sulky(request: dict[str, Any]) -> Any:
        return "no" if "nurse" in question_of(request)["job"]["title"] else truthful(request)

    with FakeLLMServer(sulky) as server:
        project = project_for(tmp_path / "p", server, JUDGE)
        run = project.judge()[0]
    nurse_jobs = sum(job in ("j0", "j4") for _, job in offered(8))
    assert run.labelled == 32 - nurse_jobs
    assert sum(run.failures.values()) == nurse_jobs
    assert list(run.failures) == ["it holds no readable JSON object"]


def test_a_run_without_one_usable_answer_is_an_error_and_writes_nothing(tmp_path: Path) -> None:
    with FakeLLMServer(lambda _: "no") as server:
        project = project_for(tmp_path / "p", server, JUDGE)
        with pytest.raises(LLMError, match="none of 32 answers is usable"):
            project.judge()
    assert not list((project.work / "judgments").iterdir())


def test_a_teacher_or_reader_that_is_not_there_is_named(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, ENRICH.replace('llm = "t"', ""))
        with pytest.raises(ConfigError, match=r"there is no \[llm\.nobody\]\n  hint: defined: t"):
            project.judge(["nobody"])
        with pytest.raises(ConfigError, match=r"\[judge\] teachers is empty"):
            project.judge()
        with pytest.raises(ConfigError, match=r"\[enrich\] names no llm"):
            project.read_attributes()
        assert server.calls == 0


def test_reading_asks_once_for_each_entity_and_again_for_none(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, ENRICH)
        first, second = project.read_attributes()[0], project.read_attributes()[0]
        assert server.calls == 8
    assert (first.role, first.asked, first.read, first.filled) == ("item", 8, 8, {"trade": 1.0})
    assert (second.tally.calls, second.read) == (0, 8)
    assert pq.read_table(first.path)["trade"].to_pylist()[:2] == ["nurse", "driver"]


def test_examples_come_from_the_few_shot_part_and_are_no_gold_for_the_teacher(tmp_path: Path) -> None:
    """Who was shown the answer is not examined on it."""
    shots = JUDGE + "shots = 2\n[distill.shares]\nfew-shot = 0.5\ncalibration = 0.25\ntest = 0.25\n"
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, shots, count=24)
        project.judge()
    messages = server.requests[0]["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    compared = project.compare()
    pairs_shown = len(project.inputs.need_gold()) - compared.n_gold
    assert pairs_shown % 4 == 0, "contexts are left out whole, with their four pairs"
    assert 0 < pairs_shown < len(project.inputs.need_gold())


def test_without_examples_all_gold_examines_the_teacher(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, JUDGE, count=24)
        project.judge()
    assert project.compare().n_gold == len(project.inputs.need_gold()) == 96


def test_examples_need_gold(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        path = put_project(tmp_path / "p", teacher(server.base_url), JUDGE + "shots = 2\n", count=8)
        text = path.read_text()
        start, end = text.index("[data.gold]"), text.index("[llm.t]")
        path.write_text(text[:start] + text[end:])
        with pytest.raises(DataError, match="no gold labels are configured"):
            Project(path).judge()


def test_a_run_killed_midway_pays_for_no_answer_twice(tmp_path: Path) -> None:
    with FakeLLMServer(truthful, latency_s=0.02) as server:
        project = project_for(tmp_path / "p", server, JUDGE, count=40, concurrency=IN_FLIGHT)
        words = [sys.executable, "-m", "tilth", "judge", "run", "--config", str(tmp_path / "p" / "tilth.toml")]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while server.calls < 40 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "the run ended before it could be killed"
        time.sleep(0.1)
        before = server.calls
        assert not (project.work / "judgments" / "t.parquet").exists()
        with SqliteStore(project.work / "answers.sqlite") as cache:
            kept = cache.count()
        # Lost is at most what was on the wire, and what arrived while the last commit ran.
        assert before - 3 * IN_FLIGHT <= kept < 160
        run = project.judge()[0]
        assert (run.tally.calls, run.tally.cached, run.labelled) == (160 - kept, kept, 160)
        assert server.calls <= 160 + 3 * IN_FLIGHT
        asked = [json.dumps(question_of(request), sort_keys=True) for request in server.requests]
    assert len(set(asked)) == 160
