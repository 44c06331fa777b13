"""Words of a language from a file, one a line."""

import gzip
from pathlib import Path

import pytest

from tilth.data import load_word_list
from tilth.errors import DataError


def test_words_with_and_without_counts(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("\ufeffthe 20\n\ncaf\u00e9\nthe\t5\n", encoding="utf-8")
    assert load_word_list("words.txt", base=tmp_path) == {"the": 25.0, "caf\u00e9": 1.0}


def test_a_packed_list_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "words.txt.gz").write_bytes(gzip.compress(b"lamp 2\n"))
    assert load_word_list("words.txt.gz", base=tmp_path) == {"lamp": 2.0}


@pytest.mark.parametrize("line", ["two words here", "lamp x", "lamp -1", "lamp inf"])
def test_a_line_that_is_something_else_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "words.txt").write_text(f"lamp\n{line}\n")
    with pytest.raises(DataError, match=r"words\.txt, row 2: is neither a word nor a word and its count"):
        load_word_list("words.txt", base=tmp_path)


def test_a_list_that_is_missing_empty_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        load_word_list("words.txt", base=tmp_path)
    (tmp_path / "words.txt").write_text("\n")
    with pytest.raises(DataError, match="holds no word"):
        load_word_list("words.txt", base=tmp_path)
    (tmp_path / "words.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read"):
        load_word_list("words.txt", base=tmp_path)
