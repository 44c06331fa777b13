"""The order of the words of a set, and how they are written."""

import numpy as np

from tilth.suggest.sets.encoded import Vocabulary, encode
from tilth.suggest.sets.order import count_orders, fit_orders, likeliest
from tilth.suggest.sets.spelling import learn_spellings, spelled

PARTS = [["red door", "red lamp", "steel door"], ["blue door", "red chair", "steel lamp"], ["red steel door"]]


def test_pairs_and_places_are_counted() -> None:
    vocabulary = Vocabulary.of(["a1 b1", "a1 b1 c1"])
    counts = count_orders(encode(["a1 b1", "a1 b1 c1"], vocabulary), 3)
    assert dict(zip(counts.pairs.tolist(), counts.counts.tolist(), strict=True)) == {0 * 3 + 1: 2, 0 * 3 + 2: 1, 5: 1}
    # b stands at 1 and at 0.5; half a place in the middle is added: (1 + 0.5 + 0.5) / 3.
    assert np.allclose(counts.places, [0.5 / 3, 2 / 3, 1.5 / 2])


def test_the_likeliest_order_is_the_one_people_type() -> None:
    vocabulary = Vocabulary.of([query for part in PARTS for query in part])
    titles = encode(["red steel door", "blue steel lamp"], vocabulary)
    orders = fit_orders([encode(part, vocabulary) for part in PARTS], titles, len(vocabulary))
    words = np.array([[*sorted(vocabulary.numbers[word] for word in ("door", "red")), -1, -1]], dtype=np.int32)
    ordered, chances = likeliest(words, orders, 2)
    assert [vocabulary.words[word] for word in ordered[0, 0] if word >= 0] == ["red", "door"]
    assert np.isclose(np.exp(chances).sum(), 1)


def test_a_single_word_has_one_order() -> None:
    vocabulary = Vocabulary.of([query for part in PARTS for query in part])
    orders = fit_orders([encode(part, vocabulary) for part in PARTS], encode([], vocabulary), len(vocabulary))
    ordered, chances = likeliest(np.array([[1, -1, -1, -1]], dtype=np.int32), orders, 2)
    assert ordered[0].tolist() == [[1, -1, -1, -1], [-1, -1, -1, -1]]
    assert chances[0].tolist() == [0, -np.inf]


def test_the_odds_of_an_order_are_the_inverse_of_the_other() -> None:
    vocabulary = Vocabulary.of([query for part in PARTS for query in part])
    orders = fit_orders(
        [encode(part, vocabulary) for part in PARTS], encode(["steel red"], vocabulary), len(vocabulary)
    )
    one, other = np.array([0, 1, 2]), np.array([3, 2, 0])
    assert np.allclose(orders.before(one, other), -orders.before(other, one))


def test_words_are_read_with_the_way_they_are_written() -> None:
    assert spelled("1/2 in. Doors") == [("0.5", "1/2", False), ("inch", "in", True), ("door", "doors", False)]
    assert spelled("10ft hose") == [("hose", "hose", False)]  # two words in one


def test_the_last_word_and_units_have_spellings_of_their_own() -> None:
    spellings = learn_spellings(["door lights", "light switch", "8 ft door"], ["Red Lamps 9 in."])
    assert spellings.write(["door", "light"]) == "door lights"
    assert spellings.write(["light", "door"]) == "light door"
    assert spellings.write(["8", "foot", "lamp"]) == "8 ft lamps"
    assert spellings.write(["foot", "lamp"]) == "foot lamps"  # no unit: nothing was measured
    assert spellings.write(["unheard"]) == "unheard"
    assert spellings.write([]) == ""
