"""One folder in the place of another."""

from pathlib import Path

import pytest

from tilth.artifacts.folder import put_in_place


def put(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "text").write_text(text)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_one_stands_where_the_old_one_did(tmp_path: Path) -> None:
    folder = tmp_path / "artifact"
    for text in ("first", "second"):
        put_in_place(put(tmp_path / "part", text), folder)
        assert (folder / "text").read_text() == text
    assert names(tmp_path) == ["artifact"]


def test_what_a_killed_run_left_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = put(tmp_path / "artifact", "second")
    put(tmp_path / "part.old", "first")
    put_in_place(put(tmp_path / "part", "third"), folder)
    assert (folder / "text").read_text() == "third"
    assert names(tmp_path) == ["artifact"]


def test_the_old_one_is_there_again_where_the_new_one_cannot_be_moved(tmp_path: Path) -> None:
    folder = put(tmp_path / "artifact", "old")
    with pytest.raises(FileNotFoundError):
        put_in_place(tmp_path / "part", folder)
    assert (folder / "text").read_text() == "old"
    assert names(tmp_path) == ["artifact"]
