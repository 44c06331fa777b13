"""What is written down, off the hot path and within bounds."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from serve_world import loaded

from tilth.apps.serve.access import AccessLog, Line
from tilth.apps.serve.artifact import Loaded
from tilth.apps.serve.audit import SCHEMA as AUDIT_SCHEMA
from tilth.apps.serve.audit import AuditSample
from tilth.apps.serve.background import Background
from tilth.apps.serve.config import GuardConfig
from tilth.apps.serve.decisions import SCHEMA, DecisionLog
from tilth.apps.serve.files import RotatedParquet, remove_unfinished
from tilth.apps.serve.metrics import MIN_WINDOW, WINDOW, Drift
from tilth.apps.serve.places import Places
from tilth.apps.serve.reloading import forget_dead_states
from tilth.apps.serve.service import Answered, answer_filter
from tilth.artifacts import Distribution
from tilth.client import Entity, FilterRequest

NUMBERS = pa.schema([pa.field("n", pa.int64())])


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(tmp_path_factory.mktemp("work"), guards=GuardConfig(audit_share=0.5, min_kept=3))


def answered(tiny: Loaded, context: str | Entity = "u05") -> Answered:
    offered: list[str | Entity] = ["j0", "nothing", "j1", Entity(id="x", title="cook wanted"), "j2", "j3"]
    return answer_filter(tiny, FilterRequest(context=context, candidates=offered), "r1", None)[1]


def files(folder: Path, **limits: float) -> RotatedParquet:
    given = {"rotate_s": 300, "rotate_rows": 1000, "max_bytes": 1e9, **limits}
    return RotatedParquet(folder, NUMBERS, **given)  # type: ignore[arg-type]


def numbers(*values: int) -> pa.Table:
    return pa.table({"n": list(values)}, schema=NUMBERS)


class Stuck:
    """A sink that waits until it is let go, as a slow disk does."""

    def __init__(self) -> None:
        self.go, self.begun, self.seen = threading.Event(), threading.Event(), []

    def write(self, entries: list[int]) -> None:
        self.begun.set()
        self.go.wait(10)
        self.seen += entries

    def idle(self) -> None:
        pass

    def close(self) -> None:
        self.seen.append(-1)


class Full:
    def write(self, entries: list[int]) -> None:
        raise OSError(28, "No space left on device")

    def idle(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_full_queue_drops_and_counts_and_never_waits() -> None:
    sink = Stuck()
    log = Background(sink, 3)
    log.put(0)
    assert sink.begun.wait(10)
    started = time.perf_counter()
    for number in range(1, 9):
        log.put(number)
    assert time.perf_counter() - started < 1
    assert log.dropped == 5
    sink.go.set()
    log.close()
    assert sink.seen == [0, 1, 2, 3, -1]


def test_a_full_disk_costs_entries_and_nothing_else() -> None:
    log = Background(Full(), 10)
    for number in range(4):
        log.put(number)
    log.close()
    assert log.dropped == 4


def test_files_are_finished_by_rows_and_by_time(tmp_path: Path) -> None:
    by_rows = files(tmp_path / "rows", rotate_rows=3)
    for number in range(7):
        by_rows.write(numbers(number))
    assert [path.suffix for path in sorted((tmp_path / "rows").iterdir())] == [".parquet", ".parquet", ".part"]
    by_rows.finish()
    found = pa.concat_tables([pq.read_table(path) for path in sorted((tmp_path / "rows").glob("*.parquet"))])
    assert found["n"].to_pylist() == list(range(7))
    by_time = files(tmp_path / "time", rotate_s=0)
    by_time.write(numbers(1))
    by_time.rotate_if_due()
    assert len(list((tmp_path / "time").glob("*.parquet"))) == 1


def test_old_files_make_room(tmp_path: Path) -> None:
    kept = files(tmp_path, rotate_rows=1, max_bytes=3 * one_file(tmp_path / "one"))
    for number in range(10):
        kept.write(numbers(number))
    found = sorted(tmp_path.glob("*.parquet"), key=lambda path: int(path.stem.rpartition("-")[2]))
    assert [pq.read_table(path)["n"][0].as_py() for path in found][-1] == 9
    assert len(found) == 3


def one_file(folder: Path) -> int:
    writer = files(folder)
    writer.write(numbers(0))
    writer.finish()
    return next(folder.glob("*.parquet")).stat().st_size


def gone() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_worker_left_goes_at_the_next_start(tmp_path: Path) -> None:
    files(tmp_path).write(numbers(1))
    (mine,) = tmp_path.iterdir()
    assert f"-{os.getpid()}-" in mine.name
    for name in (
        f"20260101T000000-{gone()}-000001.parquet.part",
        f"20260101T000000-{os.getppid()}-000001.parquet.part",
    ):
        (tmp_path / name).touch()
    (tmp_path / "20260101T000000-7-000001.parquet").touch()
    remove_unfinished(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"20260101T000000-7-000001.parquet", f"20260101T000000-{os.getppid()}-000001.parquet.part"}


def test_states_of_dead_workers_go(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.workers.mkdir(parents=True)
    for pid in (gone(), os.getppid()):
        (places.workers / f"{pid}.json").touch()
    forget_dead_states(places)
    assert [path.stem for path in places.workers.iterdir()] == [str(os.getppid())]


def test_every_decision_is_logged(tmp_path: Path, audited: Loaded) -> None:
    writer = RotatedParquet(tmp_path, SCHEMA, rotate_s=300, rotate_rows=10_000, max_bytes=1e9)
    log = DecisionLog(writer)
    one, nobody = answered(audited), answered(audited, "nobody")
    log.write([one, nobody])
    log.close()
    rows = pq.read_table(next(tmp_path.glob("*.parquet"))).to_pylist()
    assert [(row["context_id"], row["item_id"], row["position"]) for row in rows[4:7]] == [
        ("u05", "j2", 4), ("u05", "j3", 5), ("nobody", "j0", 0)
    ]  # fmt: skip
    assert [row["keep"] for row in rows[:6]] == one.guarded.keep.tolist()
    assert sum(row["guard"] == "min_kept" for row in rows) == one.counts.guarded
    assert (rows[1]["status"], rows[1]["p"], rows[6]["status"]) == ("unknown_item", None, "unknown_context")
    assert rows[0]["p"] == one.scored.p[0]
    assert (rows[0]["artifact"], rows[0]["mode"]) == (audited.versions.artifact, "filter")


def test_the_audit_sample_is_of_its_share_and_holds_the_texts(tmp_path: Path, audited: Loaded) -> None:
    writer = RotatedParquet(tmp_path, AUDIT_SCHEMA, rotate_s=300, rotate_rows=100_000, max_bytes=1e9)
    sample = AuditSample(writer, random.Random(5))
    one = answered(audited)
    sample.write([one] * 400)
    sample.close()
    rows = pq.read_table(next(tmp_path.glob("*.parquet"))).to_pylist()
    assert abs(len(rows) - 1000) < 5 * np.sqrt(2000 * 0.25), "half of 400 times five that were scored"
    assert {row["weight"] for row in rows} == {2.0}
    assert {(row["status"], row["mode"]) for row in rows} == {("scored", "filter")}
    saved = {row["item_id"] for row in rows if row["guard"] == "min_kept"}
    assert saved == {row["item_id"] for row in rows if row["would_drop"] and row["keep"]} != set()
    assert {row["item_id"] for row in rows} == {"j0", "j1", "x", "j2", "j3"}
    texts = {(row["item_id"], row["item_title"], row["context_title"]) for row in rows}
    assert ("j0", "nurse wanted", "driver") in texts
    assert ("x", "cook wanted", "driver") in texts


def test_the_access_log_is_lines_of_json_and_starts_afresh(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "access.jsonl", max_bytes=200)
    line = Line(at="t", request_id="r", method="GET", path="/a\nb", status=200, ms=1.5)
    for _ in range(4):
        log.write([line])
    log.close()
    older = (tmp_path / "access.jsonl.1").read_text().splitlines()
    newer = (tmp_path / "access.jsonl").read_text().splitlines()
    assert len(older) + len(newer) == 4
    assert json.loads(older[0]) == {
        "at": "t", "request_id": "r", "method": "GET", "path": "/a\nb", "status": 200, "ms": 1.5
    }  # fmt: skip


def test_drift_is_that_of_the_latest_scores() -> None:
    uniform = np.random.default_rng(0).random(2000)
    drift = Drift(Distribution.of(uniform))
    drift.add(uniform[: MIN_WINDOW - 1])
    assert drift.psi() is None
    drift.add(np.array([0.5, np.nan]))
    assert drift.psi() == pytest.approx(0, abs=0.1)
    for _ in range(2 * WINDOW // 1000):
        drift.add(np.full(1000, 0.999))
    shifted = drift.psi()
    assert shifted is not None
    assert shifted > 1
    for _ in range(WINDOW // 1000 + 1):
        drift.add(uniform)
    assert drift.psi() == pytest.approx(0, abs=0.02), "what went before is forgotten"
