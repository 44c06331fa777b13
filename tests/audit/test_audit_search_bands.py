"""Head, torso and tail, and the curve of the tail."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit.search.bands import Frequencies, made_up_to, split, tail_points

COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=60)


def frequencies(*counts: int) -> Frequencies:
    return Frequencies.of(np.array(counts, np.int64))


def test_each_third_of_the_traffic_is_a_band() -> None:
    bands = split(frequencies(6, 3, 3, 2, 2, 1, 1))  # 18 searches: 6 | 3 + 3 | 2 + 2 + 1 + 1
    assert bands.queries.tolist() == [1, 2, 4]
    assert bands.searches.tolist() == [6, 6, 6]
    assert bands.share_of_queries == pytest.approx([1 / 7, 2 / 7, 4 / 7])


def test_a_query_that_crosses_a_third_belongs_before_it() -> None:
    assert split(frequencies(4, 4, 4, 4)).queries.tolist() == [2, 1, 1]
    assert split(frequencies(5)).queries.tolist() == [1, 0, 0]
    assert split(frequencies(9, 1)).queries.tolist() == [1, 0, 1]


def test_without_queries_there_are_no_bands() -> None:
    nothing = frequencies()
    assert split(nothing).queries.tolist() == [0, 0, 0]
    assert np.isnan(split(nothing).share_of_queries).all()
    assert [len(points) for points in tail_points(nothing)] == [0, 0]


def plainly(counts: list[int]) -> list[int]:
    """Walk down the queries, most frequent first."""
    sizes, made = [0, 0, 0], 0
    for count in sorted(counts, reverse=True):
        sizes[0 if 3 * made < sum(counts) else 1 if 3 * made < 2 * sum(counts) else 2] += 1
        made += count
    return sizes


@given(COUNTS)
def test_bands_partition_the_traffic_and_agree_with_a_walk_down(counts: list[int]) -> None:
    bands = split(frequencies(*counts))
    assert bands.queries.tolist() == plainly(counts)
    assert bands.queries.sum() == len(counts)
    assert bands.searches.sum() == sum(counts)
    assert 3 * bands.searches[0] >= sum(counts)


@given(COUNTS, st.integers(2, 30))
def test_the_curve_of_the_tail_runs_from_the_first_query_to_the_last(counts: list[int], most: int) -> None:
    ordered = sorted(counts, reverse=True)
    ranks, searches = tail_points(frequencies(*counts), most)
    assert len(ranks) <= most
    assert (ranks[0], ranks[-1]) == (1, len(counts))
    assert searches.tolist() == [ordered[rank - 1] for rank in ranks]
    assert made_up_to(frequencies(*counts), ranks).tolist() == [sum(ordered[:rank]) for rank in ranks]
