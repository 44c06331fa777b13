"""Distilling a project: whose labels are learnt from, and what is written."""

import json
from pathlib import Path

import pytest
from tiny_project import JUDGE, put_project, rows_of, teacher, truthful

from tilth.apps.project import Project
from tilth.apps.project.filtering.distilling import teacher_labels
from tilth.errors import DataError
from tilth.testing import FakeLLMServer

DISTILL = (
    "[distill]\ncurve = false\nn_boot = 50\nnext_pairs = {next_pairs}\nfeatures = {{ lsa_dims = 2, "
    "cooccurrence_dims = 0, ngram_sizes = [3], correct_spelling = false }}\n"
)
GIVEN = (
    '[[data.judgments]]\npath = "given.csv"\ncontext_id = "person"\nitem_id = "job"\nsource = "weak:{who}"\n'
    'grade = "bad"\n'
)


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """The settings of a project whose teacher has labelled everything."""
    with FakeLLMServer(truthful) as server:
        config = put_project(tmp_path / "p", teacher(server.base_url), JUDGE, DISTILL.format(next_pairs=4))
        Project(config).judge()
    return config


def change(config: Path, old: str, new: str) -> Project:
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))
    return Project(config)


def test_a_student_its_card_and_what_to_label_next_are_written(judged: Path) -> None:
    project = Project(judged)
    summary = project.distill()
    folder = project.student_folder
    assert project.student().threshold_p == summary.threshold_p
    assert json.loads((project.work / "distill.json").read_text()) == json.loads((folder / "card.json").read_text())
    assert (folder / "CARD.md").read_text().startswith("# Student of tilth\n")
    gold = {(row["person"], row["job"]) for row in rows_of(project.base / "gold.csv")}
    proposed = [(row["context_id"], row["item_id"]) for row in rows_of(folder / "next_pairs.csv")]
    assert len(proposed) == 4
    assert not set(proposed) & gold
    # Another distillation that proposes nothing leaves no old proposals behind.
    change(judged, "next_pairs = 4", "next_pairs = 0").distill()
    assert not (folder / "next_pairs.csv").exists()


def test_people_that_have_left_since_they_were_judged_are_no_labels(judged: Path) -> None:
    base = judged.parent
    lines = (base / "people.jsonl").read_text().splitlines()
    (base / "people.jsonl").write_text("\n".join(lines[:-2]) + "\n")
    for name in ("pairs.csv", "gold.csv"):
        rows = (base / name).read_text().splitlines()
        (base / name).write_text("\n".join(row for row in rows if row[:3] not in ("u46", "u47")) + "\n")
    counts = Project(judged).distill().counts
    assert sum(part["contexts"] for part in counts.values()) <= 46
    assert counts["training"]["pairs"] == 4 * counts["training"]["contexts"]


def test_nothing_labelled_yet_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there are no labels to learn from\n  hint: run `tilth judge run`"):
        Project(put_project(tmp_path / "p", teacher("http://127.0.0.1:9/v1"), JUDGE)).distill()


def test_the_teacher_is_the_named_one_or_the_first(judged: Path) -> None:
    (judged.parent / "given.csv").write_text("person,job,bad,who\nu00,j0,0,clicks\nu00,j1,1,clicks\n")
    project = change(judged, "[judge]", GIVEN + "[judge]")
    assert teacher_labels(project.inputs, project.work).sources == ["model:t"]
    project = change(judged, "[distill]", '[distill]\nteacher = "weak:clicks"')
    assert len(teacher_labels(project.inputs, project.work)) == 2
    project = change(judged, "weak:clicks", "bob")
    with pytest.raises(DataError, match=r"'model:bob' has labelled nothing(?s:.*)one of: model:t, weak:clicks"):
        teacher_labels(project.inputs, project.work)
