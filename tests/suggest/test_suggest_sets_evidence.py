"""What titles and a log say of words, and what is put together from it."""

import numpy as np

from tilth.suggest.sets import counted, title_phrases
from tilth.suggest.sets.encoded import Vocabulary, encode
from tilth.suggest.sets.evidence import log_evidence, neighbours, query_keys, title_evidence
from tilth.suggest.sets.examples import Describer
from tilth.suggest.sets.features import PLAIN_FEATURES
from tilth.suggest.sets.recombine import recombined
from tilth.suggest.sets.title_sets import keys_of, title_sets, word_marks

TITLES = ["red door", "blue door", "red lamp", "blue lamp", "steel door"]
LOG = ["red door", "blue lamp", "door"]
WORDS = Vocabulary.of(TITLES)
MARKS = word_marks(len(WORDS))
PAIRS = title_sets(encode(TITLES, WORDS), np.zeros(len(WORDS), np.float32), MARKS, (2,))


def number(word: str) -> int:
    return WORDS.numbers[word]


def test_words_of_titles_are_counted() -> None:
    found = title_evidence(encode(TITLES, WORDS), len(WORDS), PAIRS)
    assert found.count == 5
    assert [found.titles[number(word)] for word in ("door", "red", "steel")] == [3, 2, 1]
    assert [found.heads[number(word)] for word in ("door", "red")] == [3, 0]
    assert [found.firsts[number(word)] for word in ("door", "red")] == [0, 2]


def test_words_used_alike_are_near_and_shares_add_up_to_one() -> None:
    near = neighbours(PAIRS, len(WORDS))
    assert np.allclose(near.sum(axis=1), 1)
    row = near[[number("red")]].toarray()[0]
    assert row.argmax() == number("blue")
    assert row[number("red")] == 0  # no word is its own neighbour


def test_a_log_is_counted() -> None:
    found = log_evidence(encode(LOG, WORDS), MARKS, neighbours(PAIRS, len(WORDS)))
    assert [found.queries[number(word)] for word in ("door", "red", "steel")] == [2, 1, 0]
    assert [found.lasts[number(word)] for word in ("door", "red")] == [2, 0]
    assert [found.alone[number(word)] for word in ("door", "red")] == [1, 0]
    assert found.whole.tolist() == sorted(query_keys(encode(LOG, WORDS), MARKS).tolist())


def test_pairs_are_made_of_words_that_are_used_alike() -> None:
    evidence = log_evidence(encode(LOG, WORDS), MARKS, neighbours(PAIRS, len(WORDS)))
    made = recombined(evidence, MARKS, 100)
    asked = np.array([[*sorted((number("blue"), number("door"))), -1, -1]], dtype=np.int32)
    assert made.find(keys_of(asked, MARKS))[0] >= 0  # blue is used like red, and people ask for red doors
    assert not made.statistics.any()
    assert (np.diff(made.keys) > 0).all()


def test_at_most_so_many_are_made() -> None:
    evidence = log_evidence(encode(LOG, WORDS), MARKS, neighbours(PAIRS, len(WORDS)))
    few = recombined(evidence, MARKS, 1)
    # Three queries' sets (red, door, blue, lamp, and two pairs), one pair and at most two sets of three more.
    assert 6 <= len(few) <= 9


def test_a_description_depends_on_the_log_given_alone() -> None:
    evidence = title_evidence(encode(TITLES, WORDS), len(WORDS), PAIRS)
    one, other = (Describer.of(WORDS, evidence, encode(log, WORDS), MARKS) for log in (LOG, ["steel door"]))
    assert one.plain(PAIRS).shape == (len(PAIRS), PLAIN_FEATURES)
    assert np.array_equal(one.whole(PAIRS)[:, :PLAIN_FEATURES], one.plain(PAIRS))
    assert not np.array_equal(one.whole(PAIRS), other.whole(PAIRS))


def test_phrases_of_titles_are_counted() -> None:
    table = title_phrases(["Red Door, (steel)", "red door"], longest=2).table
    scores = dict(zip(table["query"].to_pylist(), np.exp(table["score"].to_numpy()).round(), strict=True))
    assert scores == {"red": 2, "door": 2, "red door": 2, "steel": 1, "door, (steel": 1}
    assert len(title_phrases(["red door", "red"], most=1).table) == 1


def test_counted_queries_are_suggestions() -> None:
    table = counted({"Red doors": 1.0}, "log").table
    assert table.select(["query", "normal", "source", "score"]).to_pylist() == [
        {"query": "Red doors", "normal": "door red", "source": "log", "score": 0.0}
    ]
