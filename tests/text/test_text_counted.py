"""How many of something, in words."""

import pytest

from tilth.text import counted


@pytest.mark.parametrize(
    ("n", "words", "said"),
    [
        (1, ("item",), "1 item"),
        (0, ("item",), "0 items"),
        (1234, ("item",), "1,234 items"),
        (1, ("query", "queries"), "1 query"),
        (2, ("query", "queries"), "2 queries"),
    ],
)
def test_one_is_told_from_many(n: int, words: tuple[str, ...], said: str) -> None:
    assert counted(n, *words) == said
