import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tilth.errors import DataError
from tilth.stats import ClusterBootstrap, cohen_kappa, percentile_interval, ranking


@pytest.fixture
def data():
    rng = np.random.default_rng(3)
    clusters = rng.integers(0, 12, 80)
    labels = rng.random(80) < 0.4
    scores = np.round(labels + rng.normal(0, 1, 80), 1)
    return clusters, labels, scores


def spelled_out(bootstrap: ClusterBootstrap, replicate: int) -> np.ndarray:
    """The rows of a replicate, each as often as its cluster was drawn."""
    return np.repeat(np.arange(len(bootstrap.codes)), bootstrap.weights[replicate].astype(int)[bootstrap.codes])


def test_weights_draw_as_many_clusters_as_there_are(data):
    bootstrap = ClusterBootstrap(data[0], n_boot=50, seed=1)
    assert bootstrap.weights.shape == (50, bootstrap.n_clusters)
    assert (bootstrap.weights.sum(1) == bootstrap.n_clusters).all()


def test_every_number_equals_the_one_on_the_resampled_rows(data):
    clusters, labels, scores = data
    bootstrap = ClusterBootstrap(clusters, n_boot=30, seed=1)
    said = scores > 0.5
    mean, auc, total = bootstrap.mean(scores), bootstrap.auroc(scores, labels), bootstrap.totals(scores)
    kappa = cohen_kappa(bootstrap.confusion(labels, said, 2))
    for b in range(30):
        rows = spelled_out(bootstrap, b)
        assert mean[b] == pytest.approx(scores[rows].mean())
        assert total[b] == pytest.approx(scores[rows].sum())
        assert auc[b] == pytest.approx(roc_auc_score(labels[rows], scores[rows]))
        agree = (labels == said)[rows].mean()
        chance = labels[rows].mean() * said[rows].mean() + (~labels)[rows].mean() * (~said)[rows].mean()
        assert kappa[b] == pytest.approx((agree - chance) / (1 - chance))


def test_rows_restrict_to_a_part_with_the_same_draws(data):
    clusters, labels, scores = data
    bootstrap = ClusterBootstrap(clusters, n_boot=20, seed=1)
    part = np.arange(0, 80, 3)
    zero = np.where(np.isin(np.arange(80), part), scores, 0)
    assert bootstrap.totals(scores[part], part) == pytest.approx(bootstrap.totals(zero))
    both = bootstrap.totals(np.column_stack([scores, labels])[part], part)
    assert both[:, 1] == pytest.approx(bootstrap.totals(labels[part], part))


def test_auroc_in_chunks_is_the_same(data, monkeypatch):
    clusters, labels, scores = data
    bootstrap = ClusterBootstrap(clusters, n_boot=20, seed=1)
    whole = bootstrap.auroc(scores, labels)
    monkeypatch.setattr(ranking, "CHUNK_CELLS", 100)
    assert bootstrap.auroc(scores, labels) == pytest.approx(whole)


def test_the_interval_of_a_clustered_mean_is_about_as_wide_as_theory_says():
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(200), 5)
    values = rng.normal(0, 1, 200)[clusters] + rng.normal(0, 1, 1000)
    bootstrap = ClusterBootstrap(clusters, n_boot=2000, seed=0)
    theory = 2 * 1.96 * values.reshape(200, 5).mean(1).std(ddof=1) / np.sqrt(200)
    assert bootstrap.interval(bootstrap.mean(values)).width == pytest.approx(theory, rel=0.06)


def test_the_same_seed_gives_the_same_draws(data):
    one, same, other = (ClusterBootstrap(data[0], seed=seed).weights for seed in (7, 7, 8))
    assert (one == same).all()
    assert (one != other).any()


def test_percentiles_by_hand_and_undefined_replicates():
    assert percentile_interval(np.arange(101), 0.9).low == pytest.approx(5)
    few = np.r_[np.arange(101.0), [np.nan] * 5]
    assert percentile_interval(few, 0.9).high == pytest.approx(95)
    many = np.r_[np.arange(101.0), [np.nan] * 6]
    assert np.isnan(percentile_interval(many, 0.9).low)


def test_a_single_cluster_gives_no_interval():
    bootstrap = ClusterBootstrap(["q"] * 9)
    assert np.isnan(bootstrap.interval(bootstrap.mean(np.arange(9))).low)


def test_nothing_to_resample_is_refused():
    with pytest.raises(DataError):
        ClusterBootstrap([])
    with pytest.raises(DataError):
        ClusterBootstrap([1, 2], n_boot=0)
