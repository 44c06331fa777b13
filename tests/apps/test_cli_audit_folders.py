"""Where an audit writes: never over the user's files, and nothing is left behind."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from audit_project import put_shop
from cli_helpers import tilth
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from tilth.llm.store.owner import new_owner


def put_parquet_shop(folder: Path) -> Path:
    """A shop whose catalog is items.parquet, a name that an audit writes too."""
    config = put_shop(folder)
    parquet.write_table(arrow_csv.read_csv(folder / "items.csv"), folder / "items.parquet")
    config.write_text(config.read_text().replace('"items.csv"', '"items.parquet"'))
    return config


def test_no_input_is_written_over(tmp_path: Path) -> None:
    config = put_parquet_shop(tmp_path)
    catalog = (tmp_path / "items.parquet").read_bytes()
    ran = tilth("audit", "--config", config, "--out", tmp_path)
    assert (ran.code, "is a file of your data, which the audit would overwrite" in ran.err) == (3, True)
    (tmp_path / "aliased").symlink_to(tmp_path)
    assert tilth("audit", "--config", config, "--out", tmp_path / "aliased").code == 3
    assert (tmp_path / "items.parquet").read_bytes() == catalog
    assert not (tmp_path / "audit.json").exists()


@pytest.mark.parametrize("path", ["logs", "logs/*.parquet", "**/*.parquet"])
def test_no_table_becomes_part_of_a_log(tmp_path: Path, path: str) -> None:
    config = put_shop(tmp_path)
    (tmp_path / "logs").mkdir()
    parquet.write_table(arrow_csv.read_csv(tmp_path / "events.csv"), tmp_path / "logs" / "may.parquet")
    config.write_text(config.read_text().replace('"events.csv"', f'"{path}"'))
    ran = tilth("audit", "--config", config, "--out", tmp_path / "logs")
    assert (ran.code, f"would be read as a part of the log {path}" in ran.err) == (3, True)
    assert [file.name for file in (tmp_path / "logs").iterdir()] == ["may.parquet"]


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    config, out = put_shop(tmp_path, logs=False), tmp_path / "out"
    out.mkdir()
    (out / "items.parquet").write_text("precious")
    ran = tilth("audit", "--config", config, "--out", out)
    assert (ran.code, "holds items.parquet, which no audit wrote" in ran.err) == (3, True)
    assert (out / "items.parquet").read_text() == "precious"
    (out / "items.parquet").unlink()
    (out / "notes.txt").write_text("not in the way")
    assert tilth("audit", "--config", config, "--out", out).code == 0
    assert tilth("audit", "--config", config, "--out", out).code == 0  # its own are replaced
    (out / "audit.json").unlink()
    (out / ".tilth-audit").touch()  # as an audit leaves it that was killed while it wrote
    assert tilth("audit", "--config", config, "--out", out).code == 0
    assert not (out / ".tilth-audit").exists()


def test_that_a_folder_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    (tmp_path / "events.csv").unlink()
    (tmp_path / "file").touch()
    ran = tilth("audit", "--config", config, "--out", tmp_path / "file" / "audit")
    assert ran.code == 3
    assert str(tmp_path / "file" / "audit") in ran.err.replace("\n", "")
    assert "events.csv" not in ran.err


def test_what_a_dead_process_left_is_removed_at_once(tmp_path: Path) -> None:
    config = put_shop(tmp_path, logs=False)
    host, pid, _, random = new_owner().split(":")
    owners = {"dead": f"{host}:{pid}:1:{random}", "alive": new_owner(), "elsewhere": "farm:1:1:1"}
    for name, owner in owners.items():
        (tmp_path / "work" / f".spill-{name}").mkdir(parents=True)
        (tmp_path / "work" / f".spill-{name}" / "owner").write_text(owner)
    assert tilth("audit", "--config", config).code == 0
    assert sorted(found.name for found in (tmp_path / "work").glob(".spill-*")) == [".spill-alive", ".spill-elsewhere"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_audit_leaves_no_events_and_says_that_nothing_is_kept(tmp_path: Path, number: int) -> None:
    config = put_shop(tmp_path)
    (tmp_path / "events.csv").unlink()
    os.mkfifo(tmp_path / "events.csv")  # nothing comes through it: the audit waits
    command = [sys.executable, "-m", "tilth", "audit", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not list((tmp_path / "work").glob(".spill-*/rows")) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "stopped; nothing is kept of an audit that was not finished" in said
    assert "answers" not in said
    assert list((tmp_path / "work").glob(".spill-*")) == []


def test_bad_rows_of_logs_are_listed_too(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    with (tmp_path / "events.csv").open("a", newline="") as file:
        rows = [("u1", "i1", "click", "yesterday"), *[("", f"i{n}", "click", "2026-01-01") for n in range(7)]]
        csv.writer(file).writerows(rows)
    for command, code in (("check", 1), ("audit", 0)):
        (tmp_path / "work" / "rejects.csv").unlink(missing_ok=True)
        assert tilth(command, "--config", config).code == code
        with (tmp_path / "work" / "rejects.csv").open(newline="") as file:
            listed = list(csv.DictReader(file))
        assert [int(row["row"]) for row in listed] == [213, 214, 215, 216, 217, 212]
        assert listed[0]["reason"].endswith("(the first 5 of 7 such rows)")
        assert (listed[-1]["column"], listed[-1]["value"]) == ("at", "yesterday")
