import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gärtner\n50 €", "Gärtner\n50 €"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\tb\r\n", "a\\x09b\\x0d\n"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in printable(text))
