"""The same pairs judged on this machine and on a Ray cluster: equal judgments, and no answer paid for twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from postgres import query
from tiny_project import JUDGE, put_project, teacher, truthful

from tilth.testing import FakeLLMServer

PEOPLE = 48
STORE = 'url_env = "TILTH_ENGINE_STORE"'
OWN = ["created_at", "latency_s"]


def project(folder: Path, server: FakeLLMServer, runner: str) -> Path:
    engine = f'[engine]\nrunner = "{runner}"\nworkers = 2\npartition_rows = 16\n'
    return put_project(folder, teacher(server.base_url), JUDGE, engine, f"[store]\n{STORE}\n", count=PEOPLE)


def command(config: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "tilth", "judge", "run", "--config", str(config), "--json", *more]


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "TILTH_ENGINE_STORE": url}


def judged(config: Path, url: str, *more: str) -> tuple[dict[str, Any], pa.Table]:
    done = subprocess.run(command(config, *more), env=environment(url), capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)
    return run, pq.read_table(run["path"])


def test_both_runners_give_equal_judgments_and_pay_once(tmp_path: Path, postgres_url: str) -> None:
    with FakeLLMServer(truthful, latency_s=0.01) as server:
        there, on_ray = judged(project(tmp_path / "ray", server, "ray"), postgres_url)
        assert server.calls == 4 * PEOPLE
        query(postgres_url, "DROP SCHEMA public CASCADE")
        query(postgres_url, "CREATE SCHEMA public")
        here, natively = judged(project(tmp_path / "native", server, "native"), postgres_url)
        assert server.calls == 8 * PEOPLE
        again, _ = judged(project(tmp_path / "ray", server, "ray"), postgres_url)
        assert server.calls == 8 * PEOPLE
    assert on_ray.drop_columns(OWN) == natively.drop_columns(OWN)
    for run in (there, here):
        assert (run["labelled"], run["calls"], run["left"], run["failures"]) == (4 * PEOPLE, 4 * PEOPLE, 0, {})
    assert (again["calls"], again["cached"]) == (0, 4 * PEOPLE)


@pytest.mark.slow
def test_the_budget_holds_over_all_workers_of_a_cluster(tmp_path: Path, postgres_url: str) -> None:
    with FakeLLMServer(truthful, latency_s=0.01) as server:
        config = project(tmp_path / "ray", server, "ray")
        done = subprocess.run(
            command(config, "--budget-requests", "70"),
            env=environment(postgres_url),
            capture_output=True,
            text=True,
            timeout=110,
        )
        assert done.returncode == 6, done.stderr
        (run,) = json.loads(done.stdout)
        assert (server.calls, run["calls"], run["labelled"], run["left"]) == (70, 70, 70, 4 * PEOPLE - 70)
        rest, _ = judged(config, postgres_url, "--resume")
        assert server.calls == 4 * PEOPLE
    assert (rest["labelled"], rest["cached"]) == (4 * PEOPLE, 70)


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["native", "ray"])
def test_an_interrupt_keeps_what_is_on_the_wire(tmp_path: Path, postgres_url: str, runner: str) -> None:
    with FakeLLMServer(truthful, latency_s=0.3) as server:
        config = project(tmp_path / "p", server, runner)
        config.write_text(config.read_text().replace("max_retries = 0", "max_retries = 0\nconcurrency = 4"))
        process = subprocess.Popen(
            command(config),
            env=environment(postgres_url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while server.calls < 12 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 130, stderr
        calls = server.calls
        ((kept,),) = query(postgres_url, "SELECT count(*) FROM tilth_answers")
        assert kept == calls
        run, _ = judged(config, postgres_url, "--resume")
        assert server.calls == 4 * PEOPLE
        assert max(server.answered_bodies.values()) == 1
    assert (run["labelled"], run["cached"]) == (4 * PEOPLE, calls)
