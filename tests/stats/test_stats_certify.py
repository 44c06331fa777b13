import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.stats import certify, clopper_pearson_lower, design_effect, effective_size, threshold_grid
from tilth.stats.design import clusters_needed, effective_clusters

GRID = np.linspace(0.0, 0.8, 5)
SIMULATIONS = 2000
MONTE_CARLO = 2 * np.sqrt(0.05 * 0.95 / SIMULATIONS)


def share_certified(rng, precision, icc, sizes, *, repeats=SIMULATIONS, cluster_ids=True, target=0.9):
    """How often sets with the same true precision at every threshold get a certificate."""
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    shape = (repeats, len(sizes))
    rate = np.full(shape, precision)
    if icc:
        rate = rng.beta(precision * (1 - icc) / icc, (1 - precision) * (1 - icc) / icc, shape)
    labels = rng.random((repeats, len(clusters))) < rate[:, clusters]
    scores = rng.random((repeats, len(clusters)))
    ids = clusters if cluster_ids else np.arange(len(clusters))
    found = [certify(s, y, ids, thresholds=GRID, target=target).certified for s, y in zip(scores, labels, strict=True)]
    return np.mean(found)


def test_false_certificates_stay_within_5_percent_for_independent_labels(rng):
    assert 0 < share_certified(rng, 0.899, 0, np.ones(400, int)) <= 0.05 + MONTE_CARLO


def test_false_certificates_stay_within_5_percent_for_clustered_labels(rng):
    sizes = rng.geometric(1 / 8, 80)
    assert 0 < share_certified(rng, 0.899, 0.2, sizes) <= 0.05 + MONTE_CARLO


def test_without_cluster_ids_the_same_labels_would_mislead(rng):
    sizes = rng.geometric(1 / 8, 80)
    assert share_certified(rng, 0.899, 0.2, sizes, repeats=600, cluster_ids=False) > 0.05 + 2 * MONTE_CARLO


def test_a_truly_precise_score_is_mostly_certified(rng):
    assert share_certified(rng, 0.97, 0, np.ones(400, int), repeats=200) > 0.9
    assert share_certified(rng, 0.97, 0.1, np.full(80, 5), repeats=200) > 0.8


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def perfect(n: int, n_wrong_below: int = 0):
    """n rows scored 1 that are right, and some scored 0 that are wrong."""
    scores = np.r_[np.ones(n), np.zeros(n_wrong_below)]
    return scores, scores > 0.5, np.arange(len(scores))


def test_the_bound_is_bonferroni_worked_by_hand():
    scores, labels, clusters = perfect(100, 50)
    found = certify(scores, labels, clusters, thresholds=[0.0, 0.5])
    assert found.threshold == 0.5
    assert (found.flagged, found.precision, found.recall) == (100, 1.0, 1.0)
    assert found.flagged_share == pytest.approx(2 / 3)
    # 100 of 100 at level 0.05 / 2
    assert found.lower_bound == pytest.approx(0.025 ** (1 / 100))
    assert found.table[0].lower_bound == pytest.approx(float(clopper_pearson_lower(100, 150, 0.975)))
    assert found.missing_labels is None


def test_among_certified_thresholds_the_one_that_flags_most_wins():
    scores = np.repeat([0.1, 0.2, 0.3], [200, 200, 200])
    labels = scores > 0.15
    found = certify(scores, labels, np.arange(600), thresholds=[0.1, 0.2, 0.3])
    assert found.threshold == 0.2
    assert [point.flagged for point in found.table] == [600, 400, 200]


def test_missing_labels_are_enough_if_the_precision_holds_and_one_fewer_is_not():
    scores, labels, clusters = perfect(25, 25)
    found = certify(scores, labels, clusters, thresholds=[0.5])
    assert not found.certified
    # 0.05^(1/n) >= 0.9 first holds at n = 29 flagged, so 4 more flagged; half of all pairs are flagged
    assert found.missing_labels == pytest.approx(8, abs=1)
    assert certify(*perfect(29, 29), thresholds=[0.5]).certified
    assert not certify(*perfect(28, 28), thresholds=[0.5]).certified
    assert "more gold pairs" in found.explain()


def test_when_observed_precision_is_below_the_target_no_number_of_labels_will_do(rng):
    labels = rng.random(300) < 0.5
    found = certify(rng.random(300), labels, np.arange(300), thresholds=[0.0])
    assert found.threshold is None
    assert found.missing_labels is None
    assert "cannot be said" in found.explain()


def test_few_clusters_count_as_one_label_each():
    scores, labels, _ = perfect(300)
    assert certify(scores, labels, np.arange(300), thresholds=[0.5]).certified
    found = certify(scores, labels, np.arange(300) % 10, thresholds=[0.5])
    assert found.table[0].effective == pytest.approx(10)
    assert found.missing_labels is not None
    assert found.missing_labels >= 300
    assert certify(scores, labels, np.zeros(300), thresholds=[0.5]).table[0].effective == 1


def test_nothing_flagged_is_undefined_not_0():
    found = certify([0.1, 0.2], [1, 0], [1, 2], thresholds=[0.9])
    assert np.isnan(found.precision)
    assert found.lower_bound == 0
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert plain["precision"] is None
    assert plain["table"][0]["precision"] is None


def test_certificate_explains_itself():
    assert "certified: a threshold of 0.5" in certify(*perfect(100), thresholds=[0.5]).explain()


def test_design_effect_is_1_for_single_rows_and_the_cluster_size_for_copies():
    hits = (np.arange(40) % 4 > 0).astype(float)[None]
    assert design_effect(hits, np.ones((1, 40)), 0.75) == pytest.approx([1.0])
    # Six copies of each row: variance 6 times that of independent rows, up to the two small-sample factors.
    copies = design_effect(6 * hits, np.full((1, 40), 6.0), 0.75)
    assert copies == pytest.approx([6 * (40 / 39) / (240 / 239)])


def test_clusters_that_are_all_right_still_cost():
    # Spread at the null: size * (1 - 0.9) / 0.9 for equal clusters, times C / (C - 1) over n / (n - 1)
    effect = design_effect(np.full((1, 30), 18.0), np.full((1, 30), 18.0), 0.9)
    assert effect == pytest.approx([2 * (30 / 29) / (540 / 539)])


def test_effective_numbers_by_hand():
    assert effective_clusters(np.array([[3.0, 3.0, 3.0], [1.0, 0.0, 3.0], [0.0, 0.0, 0.0]])) == pytest.approx(
        [3, 1.6, 0]
    )
    assert effective_size(np.array([100.0]), np.array([100.0]), np.array([2.0]), tail=0.01) == pytest.approx([50])
    assert effective_size(np.array([100.0]), np.array([19.0]), np.array([1.0]), tail=0.01) == pytest.approx([19])
    assert effective_size(np.array([100.0]), np.array([40.0]), np.array([1.0]), tail=0.01) < 100


def test_rarer_misses_need_more_clusters():
    assert [clusters_needed(rate) for rate in (0.5, 0.9, 0.95)] == pytest.approx([20, 20, 40])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 5)), min_size=1, max_size=80))
def test_any_table_gives_bounds_below_the_observed_precision(rows):
    scores, labels, clusters = (np.array(column) for column in zip(*rows, strict=True))
    found = certify(scores, labels, clusters, thresholds=GRID)
    for point in found.table:
        assert 0 <= point.lower_bound <= 1
        assert point.effective <= point.flagged + 1e-9
        assert point.design_effect >= 1
        if point.flagged:
            assert point.lower_bound <= point.precision
    assert found.certified == any(point.lower_bound >= 0.9 for point in found.table)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=50), st.integers(1, 30))
def test_grid_rises_and_its_first_threshold_flags_all(scores, n):
    grid = threshold_grid(scores, n)
    assert grid[0] == min(scores)
    assert len(grid) <= n
    assert (np.diff(grid) > 0).all()


@pytest.mark.parametrize(
    "change",
    [{"thresholds": []}, {"target": 1.0}, {"confidence": 0.0}, {"thresholds": [np.nan]}],
)
def test_unusable_settings_are_refused(change):
    with pytest.raises(DataError):
        certify(*perfect(10), **({"thresholds": [0.5]} | change))


def test_arrays_that_differ_in_length_are_refused():
    with pytest.raises(DataError, match="clusters 2"):
        certify([1.0], [1], [1, 2], thresholds=[0.5])
    with pytest.raises(DataError, match="n_thresholds"):
        threshold_grid([1.0], 0)
