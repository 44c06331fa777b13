"""Filtering files of pairs: unknown ids, batches, thresholds, and reasons."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tiny_project import put_pairs, rows_of, with_student
from tiny_world import PEOPLE, distilled, is_bad, jobs, offered, pairs_of, people

from tilth.apps.project import Project
from tilth.apps.project.filtering.filter import decide_batch
from tilth.errors import ArtifactError, DataError

KNOWN = [("u00", "j0"), ("u00", "j1"), ("u30", "j2"), ("u31", "j0")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return with_student(tmp_path / "p")


def decided(project: Project, folder: Path, pairs: list[tuple[str, str]], **more) -> list[dict[str, str]]:
    path = put_pairs(folder / "asked.csv", pairs)
    project.filter(path, out=folder / "out.csv", **more)
    return rows_of(folder / "out.csv")


def test_bad_pairs_are_dropped_with_reasons_and_good_ones_kept(project: Project, tmp_path: Path) -> None:
    rows = decided(project, tmp_path, KNOWN)
    assert [row["keep"] for row in rows] == ["false" if is_bad(pair) else "true" for pair in KNOWN]
    assert [bool(row["reasons"]) for row in rows] == [is_bad(pair) for pair in KNOWN]
    assert [(row["context_id"], row["item_id"], row["rank"]) for row in rows] == [
        (*pair, str(rank)) for rank, pair in enumerate(KNOWN, start=1)
    ]


def test_unknown_ids_are_kept_and_counted_and_do_not_move_the_others(project: Project, tmp_path: Path) -> None:
    alone = decided(project, tmp_path, KNOWN, threshold=0.0)
    mixed = [("nobody", "j0"), KNOWN[0], ("u00", "nothing"), KNOWN[1], ("nobody", "nothing"), *KNOWN[2:]]
    rows = decided(project, tmp_path, mixed, threshold=0.0)
    assert [row["keep"] for row in rows] == ["true", "false", "true", "false", "true", "false", "false"]
    assert [row["p"] for row in rows if row["p"]] == [row["p"] for row in alone]
    assert not any(row["p"] or row["reasons"] for row in rows if row["keep"] == "true")


def test_a_file_of_unknown_ids_only(project: Project, tmp_path: Path) -> None:
    path = put_pairs(tmp_path / "asked.csv", [("nobody", "j0"), ("u00", "nothing")])
    filtered = project.filter(path, out=tmp_path / "out.csv", threshold=0.0)
    assert (filtered.n, filtered.dropped, filtered.unknown) == (2, 0, 2)
    assert [row["keep"] for row in rows_of(tmp_path / "out.csv")] == ["true", "true"]


def test_a_file_of_which_no_row_can_be_used(project: Project, tmp_path: Path) -> None:
    (tmp_path / "asked.csv").write_text("person,job,rank\n,,1\n,j0,2\n")
    filtered = project.filter(tmp_path / "asked.csv", out=tmp_path / "out.csv")
    assert (filtered.n, filtered.dropped) == (0, 0)
    assert (tmp_path / "out.csv").read_text().startswith('"context_id","item_id"')
    assert [row["column"] for row in rows_of(project.work / "rejects.csv")] == ["person", "person"]


def test_a_batch_of_nothing() -> None:
    chosen = distilled().filter
    table, unknown = decide_batch(chosen, chosen.student.prepare(people(), jobs()), pairs_of([]), 0.5)
    assert (len(table), unknown) == (0, 0)
    assert table.column_names[-3:] == ["keep", "p", "reasons"]


def test_counts_over_batches(project: Project, tmp_path: Path) -> None:
    """More pairs than one batch holds, so that counts and order must survive the seams."""
    many = offered() * 300
    path = put_pairs(tmp_path / "many.csv", many)
    filtered = project.filter(path, out=tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    keep = table["keep"].to_numpy(zero_copy_only=False)
    assert (filtered.n, len(table)) == (len(many), len(many))
    assert filtered.dropped == int((~keep).sum()) == sum(is_bad(pair) for pair in offered()) * 300
    assert table["rank"].to_pylist()[-1] == str(len(many))
    p = np.array(table["p"].to_pylist()).reshape(300, -1)
    assert (p == p[0]).all(), "a pair's probability does not depend on its batch"
    assert filtered.dropped_share == filtered.dropped / filtered.n


def test_the_projects_own_pairs_are_the_default(project: Project) -> None:
    filtered = project.filter()
    assert (filtered.n, filtered.unknown) == (4 * PEOPLE, 0)
    assert filtered.path == project.work / "filtered.parquet"
    assert filtered.path.exists()
    assert filtered.threshold_p == pytest.approx(distilled().filter.threshold_p)


@pytest.mark.parametrize(("threshold", "dropped"), [(0.0, 192), (1.0, 0)])
def test_a_given_threshold_is_obeyed(project: Project, threshold: float, dropped: int) -> None:
    filtered = project.filter(threshold=threshold)
    assert (filtered.dropped, filtered.threshold_p, filtered.notes) == (dropped, threshold, ())


def test_without_a_threshold_nothing_is_dropped_and_it_is_said(tmp_path: Path) -> None:
    project = with_student(tmp_path / "p")
    stored = (project.student_folder / "filter.json").read_text()
    threshold = f'"threshold": {distilled().filter.settings.threshold}'
    assert threshold in stored
    (project.student_folder / "filter.json").write_text(stored.replace(threshold, '"threshold": null', 1))
    filtered = project.filter()
    assert (filtered.dropped, filtered.threshold_p) == (0, None)
    assert "nothing is dropped" in filtered.notes[0]


def test_no_student_and_no_file_leave_nothing_behind(project: Project, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv"):
        project.filter(tmp_path / "none.csv", out=tmp_path / "out.csv")
    (project.student_folder / "filter.json").unlink()
    with pytest.raises(ArtifactError, match="no student here"):
        project.filter(out=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
