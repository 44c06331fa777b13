"""Sets of words of titles, counted by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tilth.artifacts.suggester import normal_form, normal_words
from tilth.suggest.sets.encoded import Vocabulary, concatenated, encode
from tilth.suggest.sets.title_sets import STATISTICS, WordSets, keys_of, title_sets, united, word_marks

TITLES = ["red steel door", "steel red door for garages", "red lamp"]


def sets_of(titles: list[str]) -> tuple[dict[str, dict[str, float]], Vocabulary]:
    """Statistics by set, its words in the order of the alphabet."""
    vocabulary = Vocabulary.of(titles)
    worth = np.zeros(len(vocabulary), dtype=np.float32)
    found = title_sets(encode(titles, vocabulary), worth, word_marks(len(vocabulary)))
    names = [" ".join(vocabulary.words[word] for word in row if word >= 0) for row in found.words]
    return {
        name: dict(zip(STATISTICS, map(float, row), strict=True))
        for name, row in zip(names, found.statistics, strict=True)
    }, vocabulary


def test_a_normal_form_ignores_case_plurals_order_and_repetition() -> None:
    assert normal_form("Doors, red DOOR 1/2 in.") == normal_form('red door 0.5"') == "0.5 door inch red"
    assert normal_form("Caf\u00e9 Chairs") == normal_form("chair cafe") == "cafe chair"
    assert normal_words("Two lamps") == ["two", "lamp"]
    assert normal_form("painting") != normal_form("paint")


def test_titles_that_hold_a_set_are_counted() -> None:
    found, _ = sets_of(TITLES)
    assert found["red"]["titles"] == 3
    assert found["door red"]["titles"] == 2
    assert found["door red steel"]["titles"] == 2
    assert found["lamp red"]["titles"] == 1
    assert "lamp steel" not in found


def test_what_titles_say_of_a_set() -> None:
    found, _ = sets_of(TITLES)
    pair = found["door red"]  # a word between them in the first title, none in the second
    assert (pair["apart"], pair["mean_apart"], pair["together"]) == (0, 0.5, 0.5)
    assert pair["head"] == 1  # both titles name a door
    assert found["red steel"]["head"] == 0
    assert found["for garage"]["behind"] == 2
    assert found["door red"]["first"] == 0


def test_words_of_no_worth_are_left_out() -> None:
    vocabulary = Vocabulary.of(TITLES)
    worth = np.array([-np.inf if word == "steel" else 0.0 for word in vocabulary.words], dtype=np.float32)
    marks = word_marks(len(vocabulary))
    found = title_sets(encode(TITLES, vocabulary), worth, marks, (2,))
    steel = vocabulary.numbers["steel"]
    assert len(found)
    assert not (found.words == steel).any()
    row = found.find(keys_of(np.array([[vocabulary.numbers["door"], vocabulary.numbers["red"], -1, -1]]), marks))
    assert found.statistics[row[0], STATISTICS.index("apart")] == 0  # in the second title


def test_a_long_title_gives_its_best_words() -> None:
    title = " ".join(f"w{letter}" for letter in "abcdefghijklmnop")
    vocabulary = Vocabulary.of([title])
    worth = np.arange(16, dtype=np.float32)
    found = title_sets(encode([title], vocabulary), worth, word_marks(16), (1,))
    assert sorted(found.words[:, 0].tolist()) == list(range(4, 16))


def test_of_equal_sets_the_first_stays() -> None:
    words = np.array([[0, 1, -1, -1]], dtype=np.int32)
    one, other = (WordSets(words, np.array([5]), np.full((1, 7), value, dtype=np.float32)) for value in (1, 2))
    assert united([one, other]).statistics[0, 0] == 1


def test_keys_that_are_not_there_are_not_found() -> None:
    empty = WordSets(np.empty((0, 4), np.int32), np.empty(0, np.int64), np.empty((0, 7), np.float32))
    assert empty.find(np.array([3])).tolist() == [-1]


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=7), min_size=1, max_size=8))
def test_every_set_of_every_title_is_there_once(titles: list[list[str]]) -> None:
    texts = [" ".join(f"{letter}x" for letter in title) for title in titles]
    found, _ = sets_of(texts)
    held = [set(normal_words(text)) for text in texts]
    for name, statistics in found.items():
        assert statistics["titles"] == sum(set(name.split()) <= words for words in held)
    for words in held:
        assert " ".join(sorted(words)) in found or len(words) > 4


def test_parts_of_a_log_are_put_together() -> None:
    vocabulary = Vocabulary.of(TITLES)
    whole, parts = encode(TITLES, vocabulary), [encode(TITLES[:1], vocabulary), encode(TITLES[1:], vocabulary)]
    together = concatenated(parts)
    assert together.ids.tolist() == whole.ids.tolist()
    assert together.starts.tolist() == whole.starts.tolist()
    assert together.heads.tolist() == whole.heads.tolist() == [2, 2, 1]
