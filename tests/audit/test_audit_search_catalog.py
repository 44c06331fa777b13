"""Queries against the catalog: misspelled words, how near it comes, samples, clusters, supply."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit.search.catalog import CatalogWords
from tilth.audit.search.edits import edits_allowed, within_edits
from tilth.audit.search.misspelled import TIMES, Words, likely_misspelled
from tilth.audit.search.nearest import Asked, Found, cover, uncovered, weights_of
from tilth.audit.search.sample import sample
from tilth.audit.search.supply import demand_of, unasked
from tilth.audit.search.unmet import OTHER, Cluster, cluster, is_unmet


def misspelled(known: dict[str, int], asked: dict[str, int]) -> set[str]:
    """Which of the asked words are flagged, where the catalog has the known ones."""
    words = {**known, **asked}
    met, in_catalog = np.array(list(words.values()), np.int64), np.array([word in known for word in words], np.bool_)
    flags = likely_misspelled(Words(pa.array(list(words), pa.string()), met, in_catalog))
    assert flags.exact
    return {word for word, flag in zip(words, flags.words.tolist(), strict=True) if flag}


def test_rare_words_near_a_common_one_are_likely_misspelled() -> None:
    known = {"drill": 50, "refrigerator": 40, "steel": 9, "deck": 99, "over": 99}
    assert misspelled(known, {"dril": 2, "dirll": 5, "refridgeratr": 1}) == {"dril", "dirll", "refridgeratr"}
    assert misspelled({}, {"tesla": 100, "telsa": 10}) == {"telsa"}  # the catalog need not have the common word


@pytest.mark.parametrize(
    "asked",
    [
        {"dril": 6},  # too many say it
        {"stee": 1},  # its neighbour is not common enough
        {"grill": 1},  # begins with another letter
        {"deckover": 1},  # two words in one
        {"dri": 1},  # too short
        {"drxxl": 1},  # two edits, but a short word
        {"drill2": 1},  # no word of letters
    ],
)
def test_in_doubt_a_word_is_not_called_misspelled(asked: dict[str, int]) -> None:
    assert misspelled({"drill": 50, "steel": 9, "deck": 99, "over": 99, "deckovers": 99}, asked) == set()


@given(
    st.dictionaries(st.text("abc", min_size=3, max_size=10), st.integers(1, 200), max_size=12),
    st.dictionaries(st.text("abc", min_size=3, max_size=10), st.integers(1, 200), max_size=12),
)
def test_the_quick_search_for_neighbours_misses_none(known: dict[str, int], asked: dict[str, int]) -> None:
    asked = {word: count for word, count in asked.items() if word not in known}
    words = {**known, **asked}
    split = {a + b for a in known for b in known if min(len(a), len(b)) >= 3}
    expected = {
        word
        for word, count in asked.items()
        if len(word) >= 4 and word not in split
        for other, met in words.items()
        if other != word and other[0] == word[0] and met >= TIMES * count and met >= TIMES
        if within_edits(word, other, edits_allowed(min(len(word), len(other))))
    }
    assert misspelled(known, asked) == expected


ASKED = Asked.of(pa.array(["drill red", "red laser", "plasma laser", "saw saw"]))


def test_the_nearest_item_has_most_of_the_weight_of_the_words() -> None:
    assert ASKED.words.to_pylist() == ["drill", "red", "laser", "plasma", "saw"]
    assert ASKED.starts.tolist() == [0, 2, 4, 6, 7]  # a word counts once
    # Item 0 is "red drill", item 1 "red saw", item 2 "blue drill", item 3 "tap".
    words = CatalogWords(
        words=pa.array(["red", "drill", "saw", "blue", "tap"]),
        items_with=np.array([2, 2, 1, 1, 1]),
        codes=np.array([0, 1, 1, 4, 0], np.int32),
        starts=np.array([0, 2, 4, 5, 5]),
    )
    weights = weights_of(ASKED, words)
    two, one, none = np.log1p(2.5 / 2.5), np.log1p(3.5 / 1.5), np.log1p(4.5 / 0.5)
    assert weights == pytest.approx([two, two, none, none, one])
    rows, starts = np.array([0, 2, 0, 1, 1]), np.array([0, 2, 4, 4, 5])
    found = cover(ASKED, weights, words, rows, starts)
    assert found.cover == pytest.approx([1, 0.5, two / (two + none), two / (two + none), 1])
    assert found.nearest == pytest.approx([1, two / (two + none), 0, 1])
    assert found.reach.tolist() == ["full", "weak", "none", "full"]
    assert list(uncovered(ASKED, words, found)) == [[], ["laser"], ["laser", "plasma"], []]


def test_a_query_is_unmet_where_nothing_is_near_or_most_searches_found_nothing() -> None:
    queries = {
        "results_known": [0, 0, 2, 2, 3, 0, 0],
        "zero_results": [0, 0, 1, 2, 2, 0, 0],
        "clicks_known": [0, 0, 0, 0, 0, 2, 2],
        "clicks": [0, 0, 0, 0, 0, 1, 2],  # whoever clicks has found something
    }
    nearest = np.array([0.4, 0.5, 1, 1, 1, 0.4, 0.4])
    assert is_unmet(nearest, pa.table(queries), 0.5).tolist() == [True, False, False, True, True, True, False]


def test_a_sample_is_the_most_frequent_and_a_draw_that_stands_for_the_rest() -> None:
    normals, searches = pa.array([f"q{at}" for at in range(10)]), np.array([9, 8, 7, 6, 5, 4, 3, 2, 1, 1])
    assert sample(normals, searches, 10).weights.tolist() == [1] * 10
    chosen = sample(normals, searches, 5)
    assert chosen.rows[:3].tolist() == [0, 1, 2]
    assert len(set(chosen.rows.tolist())) == len(chosen) == 5
    assert (chosen.weights * searches[chosen.rows]).sum() == pytest.approx(searches.sum())
    # The draw goes by the query, not by its place.
    other = sample(normals, np.array([9, 8, 7, 1, 1, 1, 1, 1, 1, 1]), 5)
    assert other.rows.tolist() == chosen.rows.tolist()


def test_queries_are_clustered_by_the_word_with_most_demand() -> None:
    lacking = [["kayak", "red"], ["kayak"], ["red"], ["boat", "red"], ["12", "the"]]
    assert cluster(lacking, [5, 4, 3, 1, 2]) == [
        Cluster("kayak", (0, 1)),  # 9 searches, as many as "red"; of equal ones the first in the alphabet
        Cluster("red", (2, 3)),
        Cluster(OTHER, (4,)),
    ]
    assert cluster(lacking, [5, 4, 3, 1, 2], most=1) == [Cluster("kayak", (0, 1)), Cluster(OTHER, (2, 4, 3))]
    assert cluster([], []) == []


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(["aa", "bb", "cc", "7", "the"]), max_size=4), st.integers(1, 9))),
    st.integers(1, 5),
)
def test_clusters_partition_the_queries(given_queries: list[tuple[list[str], int]], most: int) -> None:
    lacking, searches = [words for words, _ in given_queries], [made for _, made in given_queries]
    found = cluster(lacking, searches, most)
    assert sorted(query for one in found for query in one.queries) == list(range(len(lacking)))
    assert all(one.word == OTHER or one.word in lacking[query] for one in found for query in one.queries)
    totals = [sum(searches[query] for query in one.queries) for one in found if one.word != OTHER]
    assert totals == sorted(totals, reverse=True)


def test_demand_is_split_over_the_nearest_items() -> None:
    # Query 0 finds item 0 (all of it) and item 1 (half); query 1 finds items 1 and 2 alike; query 2 is not met.
    found = Found(np.array([0, 1, 1, 2, 0]), np.array([0, 2, 4, 5]), np.array([1, 0.5, 1, 1, 0.2]))
    demand = demand_of(found, np.array([0, 1, 2]), np.array([True, True, False]))
    assert demand.by_category(np.array([10.0, 4.0, 7.0]), 3).tolist() == [10, 2, 2]


def test_a_category_is_unasked_where_its_demand_is_a_tenth_of_its_supply() -> None:
    assert unasked(np.array([50, 50]), np.array([96.0, 4.0])).tolist() == [False, True]
    assert unasked(np.array([50, 50]), np.array([94.0, 6.0])).tolist() == [False, False]
