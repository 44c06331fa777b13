"""From texts and queries to counts and tables, by hand."""

import math

import numpy as np
import pytest

from tilth.artifacts.speller import Mistakes
from tilth.artifacts.speller.lexicon import FROM_LIST, KNOWN_FROM_LOG, PROTECTED
from tilth.enrich.spell import SpellConfig, build, general_words
from tilth.enrich.spell.counting import Numbering, count, total
from tilth.errors import DataError


def test_words_and_their_neighbours_are_counted_with_weights() -> None:
    numbering = Numbering()
    found = count([("Red lamp, 12 inch", 2.0), ("red lamp", 1.0), ("", 5.0)], numbering)
    assert list(numbering.of) == ["", "red", "lamp", "<number>", "inch"]
    assert found.words[1:].tolist() == [3.0, 3.0, 2.0, 2.0]
    pairs = {
        (key >> 32, key & 0xFFFFFFFF): weight for key, weight in zip(found.keys.tolist(), found.pairs, strict=True)
    }
    assert pairs == {(1, 2): 3.0, (2, 3): 2.0, (3, 4): 2.0}


def test_counts_add_up_over_numberings_that_grew() -> None:
    numbering = Numbering()
    first, second = count([("a b", 1.0)], numbering), count([("a b c", 3.0)], numbering)
    both = total([first, second], 2.0)
    assert both.words[1:].tolist() == [8.0, 8.0, 6.0]
    assert both.pairs.tolist() == [8.0, 6.0]
    assert total([]).words.tolist() == []


def test_many_texts_are_counted_in_parts() -> None:
    texts = [(f"a b{n % 7}x c", 1.0) for n in range(50)]
    whole = count(texts, Numbering())
    parts = count(texts, Numbering(), at_once=10)
    assert np.array_equal(whole.keys, parts.keys)
    assert np.array_equal(whole.pairs, parts.pairs)
    assert np.array_equal(whole.words, parts.words)


def test_probabilities_by_hand() -> None:
    speller = build([("red lamp", 3.0), ("red rug", 1.0)], [("red", 1.0), ("zzzz", 2.0)], SpellConfig())
    lexicon = speller.lexicon
    # red 3 + 1 + 5 * 1, lamp 3, rug 1, and zzzz, which only queries have, 5 * 2 * 0.5: 18 in all.
    counts = {"red": 9, "zzzz": 5, "lamp": 3, "rug": 1}
    assert [lexicon.form(number) for number in range(4)] == list(counts)
    for form, number in counts.items():
        assert math.isclose(lexicon.log_p(lexicon.find(form)), math.log(number / 18), rel_tol=1e-6)
    assert [lexicon.flags(number) for number in range(4)] == [0, KNOWN_FROM_LOG, 0, 0]
    assert math.isclose(speller.settings.unknown_log_p, math.log(0.01 / 18))
    # Two kinds of words follow red, 4 times in all: P(lamp | red) = (3 + 2 * 3/18) / (4 + 2) = 5/9.
    red, lamp, rug = (lexicon.find(form) for form in ("red", "lamp", "rug"))
    assert math.isclose(speller.language.attraction(red, lamp), math.log(5 / 9 / (3 / 18)), rel_tol=1e-5)
    assert math.isclose(speller.language.attraction(red, red), math.log(2 / 6), rel_tol=1e-5)
    assert speller.language.attraction(rug, red) == 0.0


def test_a_word_of_few_queries_is_not_taken() -> None:
    speller = build([("red lamp", 1.0)], [("zzzz", 1.0), ("yyyy", 2.0)], SpellConfig())
    assert [speller.lexicon.find(form) >= 0 for form in ("zzzz", "yyyy", "red")] == [False, True, True]


def test_the_most_frequent_words_and_pairs_are_kept_and_those_listed() -> None:
    texts = [("aaaa bbbb", 5.0), ("bbbb cccc", 3.0), ("cccc dddd", 1.0)]
    speller = build(texts, [], SpellConfig(max_words=3, max_pairs=1, protected=["Dddd eeee"]))
    assert [speller.lexicon.find(form) >= 0 for form in ("aaaa", "bbbb", "cccc", "dddd", "eeee")] == [
        False,
        True,
        False,
        True,
        True,
    ]
    assert speller.lexicon.flags(speller.lexicon.find("eeee")) & PROTECTED
    assert int(build(texts, [], SpellConfig(max_pairs=1)).tables.bigrams.count[0]) == 1


def test_without_any_word_nothing_can_be_built() -> None:
    with pytest.raises(DataError, match="hold no word"):
        build([("?!", 1.0)], [], SpellConfig())


def test_a_mistake_that_was_seen_is_an_option_however_far_it_is() -> None:
    texts = [("fluorescent light bulb", 50.0)]
    mistakes = Mistakes.of([("flrsnt", "fluorescent", 4.0), ("lightbulb", "light bulb", 2.0)])
    assert build(texts, [], SpellConfig()).correct("flrsnt light").text == "flrsnt light"
    speller = build(texts, [], SpellConfig(), mistakes=mistakes, settings={"threshold": -3.0})
    found = {change.was: change for change in speller.considered("flrsnt lightbulb")}
    assert (found["flrsnt"].text, found["lightbulb"].text) == ("fluorescent", "light bulb")
    assert found["flrsnt"].features is not None
    assert math.isclose(found["flrsnt"].features.seen, math.log(5))


def test_without_texts_the_words_of_the_log_are_words_of_the_catalog() -> None:
    speller = build([], [("red lamp", 2.0), ("red", 1.0)], SpellConfig())
    assert [speller.lexicon.form(number) for number in range(2)] == ["red", "lamp"]
    assert [speller.lexicon.flags(number) for number in range(2)] == [0, 0]
    assert speller.correct("redlamp").text == "red lamp"


def test_a_word_list_says_which_words_are_real_and_which_can_be_reached() -> None:
    texts = [("red lamp", 3.0), ("lamp shade", 2.0)]
    listed = general_words({"Lamp": 6.0, "shovel": 3.0, "O'Neil's shop": 9.0, "b2b": 9.0, "lamps": 1.0})
    assert listed == {"lamp": 6.0, "shovel": 3.0, "lamps": 1.0}
    speller = build(texts, [], SpellConfig(), general=listed, settings={"threshold": -9.0})
    lexicon = speller.lexicon
    flags = {form: lexicon.flags(lexicon.find(form)) for form in ("red", "lamp", "shovel", "lamps")}
    assert flags == {"red": 0, "lamp": 0, "shovel": FROM_LIST, "lamps": FROM_LIST}
    assert math.isclose(lexicon.general(lexicon.find("lamp")), math.log(0.6), rel_tol=1e-6)
    assert lexicon.general(lexicon.find("red")) == 0.0
    (change,) = speller.considered("shovle")
    assert change.text == "shovel"
    assert change.features is not None
    assert (change.features.new_listed, change.features.outside, change.features.listed) == (True, True, False)
    assert build(texts, [], SpellConfig()).considered("shovle") == ()
    with pytest.raises(DataError, match="hold no word"):
        build([], [], SpellConfig(), general=listed)


def test_words_of_one_text_are_counted_together_whatever_their_order() -> None:
    numbering = Numbering()
    found = count([("red lamp red", 2.0), ("lamp red", 1.0), (" ".join("a" * n for n in range(1, 14)), 1.0)], numbering)
    pairs = dict(zip(found.near_keys.tolist(), found.near.tolist(), strict=True))
    red, lamp = numbering.of["red"], numbering.of["lamp"]
    assert pairs[max(red, lamp) << 32 | min(red, lamp)] == 5.0
    first = numbering.of["a"]
    assert sum(1 for key in pairs if first in (key >> 32, key & 0xFFFFFFFF)) == 10, "at most ten words apart"
