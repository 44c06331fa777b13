"""Measures of suggestions, worked by hand."""

import numpy as np
import pytest

from tilth.errors import DataError
from tilth.suggest.evaluate import (
    covered,
    demand_slices,
    evaluate,
    exploratory_share,
    hits,
    keystrokes_saved,
    mean_of,
    ranks_after,
    ratio_of,
    reciprocal_ranks,
    retrievability,
    typed_until,
)
from tilth.suggest.sets import normal_form

OFFERED = ["red door", "red lamps", "rug"]


def complete(typed: str) -> list[str]:
    return [one for one in OFFERED if one.startswith(typed)]


def test_ranks_are_by_normal_form_and_0_where_not_offered() -> None:
    queries = ["red lamp", "rugs", "door"]
    assert ranks_after(complete, queries, 1, normal_form).tolist() == [2, 3, 0]
    assert ranks_after(complete, queries, 2, normal_form).tolist() == [2, 1, 0]


def test_reciprocal_ranks_and_hits_end_at_k() -> None:
    ranks = np.array([1, 2, 0, 11])
    assert reciprocal_ranks(ranks).tolist() == [1, 0.5, 0, 0]
    assert hits(ranks).tolist() == [1, 1, 0, 0]
    assert hits(ranks, 1).tolist() == [1, 0, 0, 0]


def test_keystrokes_saved() -> None:
    queries = ["red lamp", "door"]
    typed = typed_until(complete, queries, normal_form, within=1)
    assert typed.tolist() == [5, 4]  # "red l"; never
    assert keystrokes_saved(typed, np.array([8, 4])).tolist() == [2 / 8, 0]
    with pytest.raises(DataError, match="at most its length"):
        keystrokes_saved(np.array([5]), np.array([4]))


def test_coverage_and_ratios() -> None:
    wanted = [normal_form(query) for query in ("lamps red", "rug", "sofa", "bed")]
    found = covered(map(normal_form, OFFERED), wanted)
    assert found.tolist() == [1, 1, 0, 0]
    assert mean_of(found).value == 0.5
    assert ratio_of(found, np.array([1.0, 0, 0, 0])).value == 2
    assert np.isnan(ratio_of(found, np.zeros(4)).value)
    assert np.isnan(mean_of(np.empty(0)).value)
    with pytest.raises(DataError, match="same queries"):
        ratio_of(found, np.zeros(3))


def test_head_torso_tail_have_a_third_of_the_searches_each() -> None:
    searches = {"a": 4, "b": 2, "c": 2, "d": 1, "e": 1, "f": 1, "g": 1}
    # Searches before each: 0, 4, 6, 8, 9, 10, 11 of 12.
    slices = demand_slices(searches, ["a", "b", "c", "d", "g", "x"])
    assert slices.tolist() == ["head", "torso", "torso", "tail", "tail", "unseen"]


def test_retrievability_counts_items_that_nothing_brings_back() -> None:
    reach = retrievability([np.array([0, 1]), np.array([0])], 4)
    assert reach.never.value == 0.5
    assert reach.gini.value == pytest.approx(2 * (3 * 1 + 4 * 2) / (4 * 3) - 5 / 4)
    assert reach.never.low <= 0.5 <= reach.never.high
    assert reach.gini.low <= reach.gini.value <= reach.gini.high
    with pytest.raises(DataError, match="between 0 and 3"):
        retrievability([np.array([4])], 4)
    with pytest.raises(DataError, match="needs queries"):
        retrievability([], 4)


def test_the_share_of_broad_suggestions() -> None:
    shares = exploratory_share(complete, ["re", "ru", "x"], lambda query: query == "red door")
    assert shares[:2].tolist() == [0.5, 0]
    assert np.isnan(shares[2])


def test_a_suggester_is_replayed() -> None:
    outcome = evaluate(
        "some", complete, list(map(normal_form, OFFERED)), ["red lamp", "bed"], normal_form, chars=(1, 5)
    )
    assert outcome.coverage.value == 0.5
    assert (outcome.mrr(1).value, outcome.mrr(5).value) == (0.25, 0.5)
