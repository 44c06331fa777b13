"""The filter: what it decides, and what becomes of it on disk."""

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_world import PEOPLE, distilled, jobs, people

from tilth.artifacts import Filter, FilterFile
from tilth.artifacts.filter import FILE_NAME, FORMAT
from tilth.errors import ArtifactError

FILE = FilterFile(FORMAT, "bad", 2.0, -1.0, 0.5, {"target": 0.9}, "2026-01-01T00:00:00+00:00")
NOBODY: Any = None
scores = st.lists(st.floats(-30, 30), max_size=8).map(np.array)


def made(**changes: Any) -> Filter:
    """A filter without a student: for what it makes of given scores."""
    return Filter(NOBODY, msgspec.structs.replace(FILE, **changes))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    distilled().filter.save(tmp_path / "student")
    return tmp_path / "student"


def test_p_is_the_calibrated_score() -> None:
    # At slope 2 and intercept -1 the scores 0.5 and 0 are logits 0 and -1.
    decisions = made().decide(np.array([0.5, 0.0]))
    assert decisions.p == pytest.approx([0.5, 1 / (1 + np.e)])
    assert decisions.drop.tolist() == [True, False]
    assert made().threshold_p == pytest.approx(0.5)


def test_a_score_at_the_threshold_is_dropped() -> None:
    assert made(threshold=0.7).decide(np.array([0.7, np.nextafter(0.7, 0)])).drop.tolist() == [True, False]


def test_without_a_threshold_nothing_is_dropped_unless_one_is_given() -> None:
    open_filter, raw = made(threshold=None), np.array([-99.0, 0.5, 99.0])
    assert open_filter.threshold_p is None
    assert open_filter.decide(raw).drop.tolist() == [False] * 3
    assert open_filter.decide(raw, threshold_p=0.5).drop.tolist() == [False, True, True]


def test_a_given_threshold_replaces_the_certified_one() -> None:
    raw = np.array([0.0, 0.5, 1.0])
    assert made().decide(raw, threshold_p=0.0).drop.all()
    assert made().decide(raw, threshold_p=0.6).drop.tolist() == [False, False, True]
    assert not made().decide(raw, threshold_p=1.0).drop.any()


@settings(deadline=None)
@given(scores, st.floats(-5, 5), st.floats(0.01, 3), st.floats(-3, 3))
def test_the_threshold_as_a_score_and_as_a_probability_agree(
    raw: np.ndarray, threshold: float, slope: float, intercept: float
) -> None:
    chosen = made(threshold=threshold, slope=slope, intercept=intercept)
    by_score, by_p = chosen.decide(raw), chosen.decide(raw, threshold_p=chosen.threshold_p)
    assert (by_score.p == by_p.p).all()
    # Scores closer to the threshold than a rounding error may tie as probabilities.
    clear = np.abs(raw - threshold) > 1e-9
    assert (by_score.drop[clear] == by_p.drop[clear]).all()


def test_no_pairs_no_decisions() -> None:
    decisions = made().decide(np.array([]))
    assert (decisions.p.shape, decisions.drop.shape) == ((0,), (0,))


def test_what_is_loaded_decides_as_what_was_saved(folder: Path) -> None:
    original, loaded = distilled().filter, Filter.load(folder)
    assert loaded.settings == original.settings
    assert loaded.threshold_p == original.threshold_p
    contexts, items = np.repeat(np.arange(PEOPLE), 8), np.tile(np.arange(8), PEOPLE)

    def score(chosen: Filter) -> np.ndarray:
        return chosen.score(chosen.student.prepare(people(), jobs()), contexts, items)

    assert score(loaded) == pytest.approx(score(original), abs=1e-12)
    assert (score(loaded) >= 0).all()
    assert (score(loaded) <= 1).all()


def test_saved_twice_reads_the_same(folder: Path, tmp_path: Path) -> None:
    Filter.load(folder).save(tmp_path / "again")
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert (tmp_path / "again" / FILE_NAME).read_bytes() == (folder / FILE_NAME).read_bytes()


def test_a_folder_without_a_student_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"empty: no student here\n  hint: run `tilth distill` first"):
        Filter.load(tmp_path / "empty")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b'"filter"', b"\xff\xfe", b'{"positive": "\xff"}', b"[" * 100_000],
)
def test_a_damaged_file_is_named(folder: Path, content: bytes) -> None:
    (folder / FILE_NAME).write_bytes(content)
    with pytest.raises(ArtifactError, match=rf"{FILE_NAME}: cannot be read"):
        Filter.load(folder)


@pytest.mark.parametrize("changes", [{"slope": "2"}, {"slope": None}, {"threshold": "high"}, {"certificate": 3}])
def test_a_field_of_the_wrong_type_is_named(folder: Path, changes: dict[str, Any]) -> None:
    stored = json.loads((folder / FILE_NAME).read_text())
    (folder / FILE_NAME).write_text(json.dumps({**stored, **changes}))
    with pytest.raises(ArtifactError, match=rf"{FILE_NAME}: cannot be read: .*{next(iter(changes))}"):
        Filter.load(folder)


@pytest.mark.parametrize("stored", [{"format": FORMAT + 1}, {"format": 0, "weights": [1]}])
def test_a_file_of_another_format_is_refused_whatever_else_it_holds(folder: Path, stored: dict[str, Any]) -> None:
    (folder / FILE_NAME).write_text(json.dumps(stored))
    with pytest.raises(ArtifactError, match=rf"{FILE_NAME}: has format {stored['format']}, .* reads {FORMAT}"):
        Filter.load(folder)


def test_a_folder_in_place_of_the_file_is_named(folder: Path) -> None:
    (folder / FILE_NAME).unlink()
    (folder / FILE_NAME).mkdir()
    with pytest.raises(ArtifactError, match=rf"{FILE_NAME}: cannot be read"):
        Filter.load(folder)


def test_a_missing_file_of_the_student_is_named(folder: Path) -> None:
    """Whichever file is gone, the error names it or what refers to it, and never a traceback."""
    names = sorted(path.name for path in folder.iterdir() if path.name != FILE_NAME)
    assert names
    for name in names:
        content = (folder / name).read_bytes()
        (folder / name).unlink()
        with pytest.raises(ArtifactError, match=name):
            Filter.load(folder)
        (folder / name).write_bytes(content)
    assert Filter.load(folder).settings == distilled().filter.settings


def test_an_interrupted_save_leaves_no_threshold_of_another_student(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate belongs to one student: when its successor is half written there is no filter at all."""
    student = type(distilled().filter.student)

    def broken_off(self: object, path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(student, "save", broken_off)
    with pytest.raises(KeyboardInterrupt):
        distilled().filter.save(folder)
    with pytest.raises(ArtifactError, match="no student here"):
        Filter.load(folder)
