"""The parts of the speller: words, prices of edits, hash tables, deletes, bigrams."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.artifacts.speller import Costs
from tilth.artifacts.speller.bigrams import Language, bigram_arrays
from tilth.artifacts.speller.deletes import Deletes, delete_arrays
from tilth.artifacts.speller.forest import DEPTH, Forest, ForestArrays, no_trees
from tilth.artifacts.speller.hashing import deletions, pair_slot, pair_slots, place_open, weights
from tilth.artifacts.speller.lexicon import UNKNOWN, Lexicon, LexiconArrays, lexicon_arrays
from tilth.artifacts.speller.together import Together, together_arrays
from tilth.artifacts.speller.typing_errors import edits, least_prices, substitution
from tilth.artifacts.speller.words import CODE, NUMBER, correctable, joinable, like, symbol, words

WORDS = st.text(alphabet="abcdeé'", min_size=1, max_size=9)
COSTS = Costs()


def lexicon_of(forms: list[str]) -> LexiconArrays:
    log_p = np.log(np.arange(len(forms), 0, -1) / 100).astype(np.float32)
    return lexicon_arrays(forms, log_p, np.full(len(forms), -0.5, np.float32), np.zeros(len(forms), np.uint8))


def osa(a: str, b: str) -> int:
    """Restricted Damerau-Levenshtein distance by the whole matrix."""
    d = [[max(i, j) if not i or not j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1)
    return d[-1][-1]


def test_words_know_their_places_and_their_folded_form() -> None:
    found = words("O\u2019Keeffe's  CAFÉ 1.5in, b&q")
    assert [(word.start, word.end, word.form) for word in found] == [
        (0, 10, "o'keeffe's"),
        (12, 16, "cafe"),
        (17, 22, "1.5in"),
        (24, 27, "b&q"),
    ]
    assert len(words("a b c d", limit=2)) == 2


def test_numbers_and_codes_are_classes() -> None:
    assert [symbol(form) for form in ("12", "1.5", "dv7", "bay", "o'neil")] == [NUMBER, NUMBER, CODE, "bay", "o'neil"]


def test_what_may_be_corrected() -> None:
    assert [correctable(form) for form in ("bya", "o'neil", "ab", "dv7", "a" * 25, "日本語")] == [
        True,
        True,
        *[False] * 4,
    ]
    assert [joinable(between) for between in (" ", "-", "\u200b", " - ", ",", "")] == [True] * 4 + [False] * 2


def test_text_takes_the_case_of_what_was_typed() -> None:
    assert [like(typed, "bay") for typed in ("bya", "Bya", "BYA", "B")] == ["bay", "Bay", "BAY", "Bay"]


@pytest.mark.parametrize(
    ("right", "typed", "price"),
    [
        ("toilet", "tiolet", COSTS.swap),
        ("grip", "grup", COSTS.vowel),
        ("city", "sity", COSTS.sound + COSTS.first_letter),
        ("lamp", "lanp", COSTS.sound),
        ("lamp", "lamo", COSTS.key),
        ("lamp", "lamx", COSTS.other),
        ("tool", "tol", COSTS.undoubled),
        ("tool", "toool", COSTS.doubled),
        ("lamp", "lampq", COSTS.extra),
        ("lamp", "lmp", COSTS.missing_vowel),
        ("lamp", "lap", COSTS.missing),
        ("laminate", "laminet", COSTS.missing_vowel + COSTS.swap + COSTS.second),
    ],
)
def test_prices_by_hand(right: str, typed: str, price: float) -> None:
    found = edits(COSTS, right, typed, 2)
    assert found is not None
    assert math.isclose(found, price)


def test_the_keyboard_decides_what_is_near() -> None:
    assert substitution(COSTS, "k", "l") == COSTS.key
    assert substitution(COSTS, "q", "p") == COSTS.other


@given(WORDS, WORDS, st.integers(0, 2))
def test_a_price_is_given_exactly_where_few_edits_are_enough(right: str, typed: str, most: int) -> None:
    assert (edits(COSTS, right, typed, most) is not None) == (osa(right, typed) <= most)


@given(WORDS, WORDS)
def test_no_price_is_below_what_letters_and_edits_cost_least(right: str, typed: str) -> None:
    price = edits(COSTS, right, typed, 3)
    cheapest, per_letter = least_prices(COSTS)
    if price is not None and right != typed:
        assert price >= max(cheapest, per_letter * len(set(right) ^ set(typed)))
        assert edits(COSTS, right, typed, 3, ceiling=price) == price


@given(st.lists(st.integers(0, 20), max_size=30))
def test_open_places_are_distinct_and_not_before_their_slot(slots: list[int]) -> None:
    wanted = np.sort(np.array(slots, dtype=np.int64))
    places = place_open(wanted)
    assert len(set(places.tolist())) == len(slots)
    assert (places >= wanted).all()
    # Nothing free between a slot and its place: linear probing finds it.
    taken = set(places.tolist())
    assert all(set(range(slot, place)) <= taken for slot, place in zip(wanted.tolist(), places.tolist(), strict=True))


@given(st.lists(st.integers(0, (1 << 62) - 1), min_size=1, max_size=9))
def test_slots_of_pairs_agree_one_by_one_and_together(keys: list[int]) -> None:
    assert pair_slots(np.array(keys, dtype=np.uint64), 9).tolist() == [pair_slot(key, 9) for key in keys]


def test_patterns_of_deletes_are_counted_and_differ() -> None:
    assert [len(weights(length, deletions(length))) for length in (1, 3, 5, 7)] == [2, 4, 16, 29]
    assert len({row.tobytes() for row in weights(7, 2)}) == 29


@given(st.lists(WORDS, unique=True, min_size=1, max_size=30), st.lists(WORDS, max_size=9))
def test_a_lexicon_finds_its_words_and_no_others(forms: list[str], others: list[str]) -> None:
    lexicon = Lexicon(lexicon_of(forms), -20.0)
    assert [lexicon.form(lexicon.find(form)) for form in forms] == forms
    assert [lexicon.find(form) for form in others] == [forms.index(o) if o in forms else UNKNOWN for o in others]
    assert (lexicon.log_p(UNKNOWN), lexicon.log_rest(UNKNOWN), lexicon.flags(UNKNOWN)) == (-20.0, 0.0, 0)


@given(st.lists(WORDS, unique=True, min_size=1, max_size=25), WORDS)
def test_deletes_find_every_word_that_is_near_enough(forms: list[str], typed: str) -> None:
    arrays = lexicon_of(forms)
    found = Deletes(arrays, delete_arrays(forms, np.ones(len(forms), np.bool_))).near(typed, 1000)
    near = [number for number, _ in found]
    assert all(differ == len(set(forms[number]) ^ set(typed)) for number, differ in found)
    for number, form in enumerate(forms):
        if osa(form, typed) <= min(deletions(len(form)), deletions(len(typed))):
            assert number in near


def test_of_too_many_candidates_those_with_the_same_letters_and_the_frequent_ones_stay() -> None:
    forms = ["cable", "table", "fable", "tabel"]
    deletes = Deletes(lexicon_of(forms), delete_arrays(forms, np.ones(4, np.bool_)))
    assert deletes.near("tabel", 2) == [(1, 0), (3, 0)]
    assert deletes.near("tabel", 3) == [(1, 0), (3, 0), (0, 2)]


def test_words_that_are_not_eligible_are_no_candidates() -> None:
    forms = ["table", "tabel"]
    assert Deletes(lexicon_of(forms), delete_arrays(forms, np.array([True, False]))).near("tabel", 9) == [(0, 0)]
    assert Deletes(lexicon_of(forms), delete_arrays(forms, np.zeros(2, np.bool_))).near("tabel", 9) == []


def test_attraction_of_pairs_seen_unseen_and_unknown() -> None:
    pairs = list(combinations(range(4), 2))
    keys = np.array([first << 32 | second for first, second in pairs], dtype=np.uint64)
    language = Language(
        Lexicon(lexicon_of(["a", "b", "c", "d"]), -9.0), bigram_arrays(keys, np.arange(6, dtype=np.float32))
    )
    assert [language.attraction(*pair) for pair in pairs] == [0, 1, 2, 3, 4, 5]
    assert language.attraction(1, 0) == -0.5  # what the followers of b leave to others
    assert language.attraction(UNKNOWN, 0) == language.attraction(0, UNKNOWN) == 0.0


def test_words_stand_together_as_often_as_was_counted_against_chance() -> None:
    lexicon = Lexicon(lexicon_of(["a", "b", "c"]), -9.0)  # probabilities 3, 2 and 1 in a hundred
    keys = np.array([2 << 32 | 0, 1 << 32 | 0], dtype=np.uint64)
    together = Together(lexicon, together_arrays(3, keys, np.array([4.0, 1.0]), 50.0))
    by_chance = {(0, 1): 2 * 50 * 0.03 * 0.02, (0, 2): 2 * 50 * 0.03 * 0.01, (1, 2): 2 * 50 * 0.02 * 0.01}
    for (one, other), times in {(0, 1): 1.0, (0, 2): 4.0, (1, 2): 0.0}.items():
        expected = math.log((times + 0.3) / (by_chance[one, other] + 0.3))
        assert math.isclose(together.attraction(one, other), expected, rel_tol=1e-5)
        assert together.attraction(other, one) == together.attraction(one, other)
    assert together.attraction(1, 1) == together.attraction(UNKNOWN, 1) == 0.0


def test_a_forest_adds_up_the_leaves_that_a_row_reaches() -> None:
    splits, leaves = (1 << DEPTH) - 1, 1 << DEPTH
    features, thresholds = np.zeros((2, splits), np.int64), np.full((2, splits), np.inf)
    thresholds[0, 0] = 0.5  # the first tree asks once, whether feature 0 is above 0.5
    features[1, :3], thresholds[1, :3] = [1, 0, 0], [2.0, 0.0, 0.0]  # the second asks feature 1, then feature 0
    values = np.zeros((2, leaves))
    values[0, [0, leaves // 2]] = [-1.0, 1.0]
    values[1, [0, leaves // 4, leaves // 2, 3 * leaves // 4]] = [10.0, 20.0, 30.0, 40.0]
    forest = Forest(ForestArrays(features, thresholds, values))
    assert forest.log_odds([(0.5, 2.0), (0.6, 2.1), (-1.0, 3.0), (-1.0, 0.0)]) == [19.0, 41.0, 29.0, 9.0]
    assert forest.used
    assert not Forest(no_trees()).used
