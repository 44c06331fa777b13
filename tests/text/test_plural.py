"""Nouns after a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.text import plural, plural_of, singular_of

REGULAR = [
    ("item", "items"),
    ("query", "queries"),
    ("category", "categories"),
    ("search", "searches"),
    ("day", "days"),
    ("class", "classes"),
    ("box", "boxes"),
    ("LLM call", "LLM calls"),
]


@pytest.mark.parametrize(("one", "many"), REGULAR)
def test_both_ways(one: str, many: str) -> None:
    assert (plural_of(one), singular_of(many)) == (many, one)


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0 queries"), (1, "1 query"), (2, "2 queries"), (1204, "1,204 queries"), (-1, "-1 queries")]
)
def test_the_number_decides(n: int, text: str) -> None:
    assert plural(n, "query") == text


def test_an_irregular_one_is_named() -> None:
    assert plural(2, "person", "people") == "2 people"


def test_what_is_no_plural_stays() -> None:
    assert [singular_of(word) for word in ("glass", "sheep", "")] == ["glass", "sheep", ""]


@given(st.sampled_from([one for one, _ in REGULAR]), st.integers())
def test_only_one_is_singular(one: str, n: int) -> None:
    assert plural(n, one).endswith(f" {one}") == (n == 1)
