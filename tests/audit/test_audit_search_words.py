"""The normal form of queries, typing errors, and when a query is another in other words."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit.search import normal_form
from tilth.audit.search.edits import edits_allowed, letters_of, may_be_within_edits, within_edits
from tilth.audit.search.normal import MAX_CHARS, Normalizer
from tilth.audit.search.similar import Wordings, similar

WORDS = st.text("abcé", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Drills ", "drill"),
        ("  cordless   DRILL", "cordless drill"),
        ("Décor", "decor"),
        ("ﬁlter", "filter"),  # NFKC
        ('1-1/2" bolts', "1.5 inch bolt"),
        ("batteries", "batteri"),
        ("battery", "batteri"),
        ("?!…", ""),
        ("", ""),
    ],
)
def test_queries_of_the_same_words_have_one_normal_form(query: str, expected: str) -> None:
    assert normal_form(query) == expected


@given(st.text(max_size=40))
def test_the_normal_form_of_any_text_has_single_spaces_and_no_capitals(query: str) -> None:
    form = normal_form(query)
    assert form == " ".join(form.split(" ")).strip()
    assert form == form.lower()


def test_a_column_gets_the_normal_form_of_each_query_and_long_ones_are_cut() -> None:
    long = "word " * 5_000
    forms = Normalizer()(pa.array(["Drills", "saw", "Drills", long])).to_pylist()
    assert forms[:3] == ["drill", "saw", "drill"]
    assert forms[3] == normal_form(long[:MAX_CHARS])


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("drill", "drill", 0), ("drill", "dril", 1), ("drill", "dirll", 1), ("ca", "abc", 3), ("kitten", "sitting", 3)],
)
def test_edits_are_counted_as_in_optimal_string_alignment(one: str, other: str, edits: int) -> None:
    assert within_edits(one, other, edits)
    assert edits == 0 or not within_edits(one, other, edits - 1)


def plain_edits(one: str, other: str) -> int:
    """The whole table of the textbook."""
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    table[:, 0], table[0, :] = range(len(one) + 1), range(len(other) + 1)
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return int(table[-1, -1])


@given(WORDS, WORDS, st.integers(0, 3))
def test_edits_agree_with_the_textbook_and_the_quick_look_never_says_no_wrongly(
    one: str, other: str, most: int
) -> None:
    edits = plain_edits(one, other)
    assert within_edits(one, other, most) == (edits <= most)
    texts = pa.array([one, other])
    lengths = np.array([len(one), len(other)], np.int64)
    quick = may_be_within_edits(lengths, letters_of(texts), np.array([0]), np.array([1]))[0]
    assert quick or edits > 2


def test_short_words_may_have_no_typing_errors() -> None:
    assert [edits_allowed(length) for length in (3, 4, 7, 8)] == [0, 1, 1, 2]


def is_similar(one: str, other: str) -> bool:
    forms = pa.array([normal_form(one), normal_form(other)])
    places = np.array([0], np.int32), np.array([1], np.int32)
    forth, back = (similar(Wordings.of(forms), *pair)[0] for pair in (places, places[::-1]))
    assert forth == back
    return bool(forth)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("drill", "cordless drill"),  # a word more
        ("cordless drill 18v", "drill"),  # words less
        ("drill cordless", "cordless drill"),  # another order
        ("womens sneakers", "ladies sneakers"),  # a word replaced
        ("refrigerator", "refridgerator"),  # a typing error
        ("micro wave", "microwave"),
        ("bath", "bathroom"),  # the beginning
        ("каталог", "каталоги"),
    ],
)
def test_the_same_need_in_other_words(one: str, other: str) -> None:
    assert is_similar(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("drill", "paint"),
        ("the matrix", "the godfather"),  # only a word that says nothing
        ("led lamp for kitchen", "tap with filter for garden hose"),
        ("red", "bed"),  # too short for a typing error
        ("a", "apple"),  # too short for a beginning
    ],
)
def test_another_need(one: str, other: str) -> None:
    assert not is_similar(one, other)
