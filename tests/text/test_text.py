"""Text: one spelling, words, stems, n-grams, overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.text import (
    head_length,
    is_code,
    is_number,
    missing,
    normalize,
    stem,
    tokens,
    word_ngrams,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('1-1/2 in. pipe, 1/2" white', "1.5 inch pipe 0.5 inch white"),
        ("Plumber&#39;s Putty in White", "plumber putty in white"),
        ("48'x34' pan", "48 foot x 34 foot pan"),
        ("$63k minimum, 5,000 BTU", "63000 minimum 5000 btu"),
        ("4*8 panel 6ft 40w", "4 x 8 panel 6 foot 40 watt"),
        ("Crème M12", "creme m12"),
        ("", ""),
    ],
)
def test_one_spelling(text: str, expected: str) -> None:
    assert " ".join(tokens(normalize(text))) == expected


def test_a_fraction_over_zero_stays_as_it_is() -> None:
    assert tokens(normalize("1/0 wire")) == ["1", "0", "wire"]


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("bathroom faucet in chrome", 2),
        ("wall clock", 2),
        ("angle (zinc)", 1),
        ("", 0),
        ("3/4 in. plywood for floors", 3),
    ],
)
def test_the_head_phrase_ends_at_the_first_preposition_or_bracket(text: str, head: int) -> None:
    assert head_length(normalize(text)) == head


@pytest.mark.parametrize(
    "forms",
    [("rail", "rails", "railing", "railings"), ("battery", "batteries"), ("cut", "cutting"), ("shade", "shading")],
)
def test_forms_of_a_word_meet(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["glass", "spring", "king", "red", "dw735x", "bus"])
def test_what_only_looks_like_a_suffix_stays(word: str) -> None:
    assert stem(word) == word


def test_numbers_and_codes() -> None:
    assert is_number("1.5")
    assert not is_number("m12")
    assert is_code("m12")
    assert not is_code("12")


def test_ngrams_mark_the_ends() -> None:
    assert word_ngrams("ab", (2, 3)) == ["<a", "ab", "b>", "<ab", "ab>"]


def test_missing_words_by_hand() -> None:
    assert missing(["a", "b", "a"], ["b"]) == ["a"]


@given(st.text(max_size=60))
def test_normalizing_never_fails_and_tokens_hold_no_space(text: str) -> None:
    assert all(token and " " not in token for token in tokens(normalize(text)))
