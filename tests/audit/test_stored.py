"""An audit as a folder: what comes back, and what is refused."""

import json
from dataclasses import replace
from math import isnan, nan
from pathlib import Path
from typing import Any

import pytest
from gaps_helpers import a_dollar_a_call, ground, items_table, thin

from tilth.audit import Audit, Finding, Measure
from tilth.audit.gaps import find_gaps
from tilth.audit.stored import read_audit, write_audit
from tilth.data import write_parquet
from tilth.data.gaps import choose_gaps, member_ids, read_gaps
from tilth.errors import ArtifactError, DataError


def small_audit() -> Audit:
    thin_items = thin(("i0", "text", "short"), ("i3", "text", "short"))
    return Audit(
        counts={"items": 6, "events": 70},
        measures=(
            Measure("items.gini", 0.5, 6, (0.25, nan)),
            Measure("items.cold_share", None, 0, where="film", exact=False, note="no log"),
        ),
        tables={"items": items_table(), "thin_items": thin_items},
        findings=(Finding("future_events", "events", 1, 70, "one event lies ahead", "left out", ("2999-01-01",)),),
        gaps=find_gaps(ground(thin_items=thin_items), a_dollar_a_call),
        notes=("no query log",),
        settings={"audit": {"first_k": 10, "window": None}},
        created_at="2026-01-31T00:00:00Z",
    )


def test_an_audit_comes_back_as_it_was(tmp_path: Path) -> None:
    audit = small_audit()
    write_audit(audit, tmp_path)
    for read in (read_audit(tmp_path), read_audit(tmp_path / "audit.json")):
        assert isnan(read.measures[0].replicates[1])
        assert replace(read.measures[0], replicates=()) == replace(audit.measures[0], replicates=())
        assert read.measures[1:] == audit.measures[1:]
        assert (read.counts, read.findings, read.notes) == (audit.counts, audit.findings, audit.notes)
        assert (read.settings, read.created_at) == (audit.settings, audit.created_at)
        assert read.tables == audit.tables
        assert (read.gaps.table, read.gaps.members) == (audit.gaps.table, audit.gaps.members)


def test_a_table_of_an_earlier_audit_does_not_stay(tmp_path: Path) -> None:
    write_audit(small_audit(), tmp_path)
    write_audit(replace(small_audit(), tables={"items": items_table()}), tmp_path)
    assert not (tmp_path / "thin_items.parquet").exists()
    assert list(read_audit(tmp_path).tables) == ["items"]


def test_a_folder_without_an_audit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"audit.json: cannot be read"):
        read_audit(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found | {"version": 99}, "version 99, this Tilth reads"),
        (lambda found: found | {"format": "other"}, "is other version 1"),
        (lambda found: found | {"counts": "none"}, "Expected `object`, got `str` - at `\\$.counts`"),
        (lambda found: found | {"files": {}}, "names no gaps"),
        (lambda found: found | {"files": found["files"] | {"../../passwd": "0"}}, "unknown table"),
        (lambda found: found | {"files": found["files"] | {"items": "0"}}, "items.parquet: is not the table"),
    ],
)
def test_a_damaged_description_is_refused(tmp_path: Path, change: Any, message: str) -> None:
    write_audit(small_audit(), tmp_path)
    path = tmp_path / "audit.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(ArtifactError, match=message):
        read_audit(tmp_path)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    write_audit(small_audit(), tmp_path)
    write_parquet(items_table([1, 1, 1, 1, 1, 1]), tmp_path / "items.parquet")
    with pytest.raises(ArtifactError, match=r"items.parquet: is not the table"):
        read_audit(tmp_path)
    (tmp_path / "items.parquet").write_bytes(b"PAR1")
    with pytest.raises(ArtifactError, match=r"items.parquet"):
        read_audit(tmp_path)
    (tmp_path / "items.parquet").unlink()
    with pytest.raises(ArtifactError, match=r"items.parquet.*No such file"):
        read_audit(tmp_path)
    (tmp_path / "audit.json").write_bytes(b"[" * 100_000)
    with pytest.raises(ArtifactError, match=r"audit.json"):
        read_audit(tmp_path)


def test_gaps_are_read_by_the_steps(tmp_path: Path) -> None:
    write_audit(small_audit(), tmp_path)
    for path in (tmp_path, tmp_path / "gaps.parquet"):
        gaps = read_gaps(path)
        assert gaps.table == small_audit().gaps.table
    enrich = choose_gaps(gaps, "enrich")
    assert enrich.table["category"].to_pylist() == ["film", "book"]  # 60 interactions for a call, then 9
    assert member_ids(enrich).to_pylist() == ["i0", "i3"]
    second = enrich.table["gap_id"][1].as_py()
    assert member_ids(choose_gaps(gaps, "enrich", [second])).to_pylist() == ["i3"]
    cold = choose_gaps(gaps, "coldstart").table["gap_id"][0].as_py()
    with pytest.raises(DataError, match="is filled by `tilth coldstart`, not by enrich"):
        choose_gaps(gaps, "enrich", [cold])
    with pytest.raises(DataError, match="there is no gap 'x'"):
        choose_gaps(gaps, "enrich", ["x"])
    with pytest.raises(DataError, match="no gap that judge fills"):
        choose_gaps(gaps, "judge")


def test_wrong_files_of_gaps_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_gaps(tmp_path / "gaps.parquet")
    write_audit(small_audit(), tmp_path)
    with pytest.raises(DataError, match=r"items.parquet: holds no gaps"):
        read_gaps(tmp_path / "items.parquet")
    write_parquet(small_audit().gaps.table.slice(0, 1), tmp_path / "gaps.parquet")
    with pytest.raises(DataError, match="of another audit"):
        read_gaps(tmp_path)
    write_parquet(items_table(), tmp_path / "gaps.parquet")
    with pytest.raises(DataError, match="other columns"):
        read_gaps(tmp_path)
    (tmp_path / "gaps.parquet").write_bytes(b"nothing")
    with pytest.raises(DataError, match="cannot be read"):
        read_gaps(tmp_path)
