"""The distribution of scores that later ones are held against, and how far they have moved."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.artifacts import Distribution
from tilth.errors import ArtifactError, DataError
from tilth.stats import psi

counts = st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any)


def test_psi_by_hand() -> None:
    # Shares 0.5, 0.5 against 0.75, 0.25: 0.25 ln 1.5 - 0.25 ln 0.5 = 0.25 ln 3.
    assert psi([10, 10], [3, 1]) == pytest.approx(0.25 * np.log(3))
    assert psi([1, 2, 3], [10, 20, 30]) == pytest.approx(0, abs=1e-15)
    assert psi([1, 1], [1, 0]) == pytest.approx(0.5 * np.log(2) + (1e-4 - 0.5) * np.log(2e-4))


@given(counts, counts)
def test_psi_is_symmetric_and_never_negative(expected: list[int], observed: list[int]) -> None:
    assert psi(expected, observed) == pytest.approx(psi(observed, expected))
    assert psi(expected, observed) >= 0


@pytest.mark.parametrize(("expected", "observed"), [([1], [1, 2]), ([0, 0], [1, 1]), ([1, 1], [-1, 2]), ([], [])])
def test_psi_of_nothing_is_refused(expected: list[int], observed: list[int]) -> None:
    with pytest.raises(DataError):
        psi(expected, observed)


def test_bins_hold_a_tenth_each() -> None:
    p = np.arange(100) / 100
    found = Distribution.of(p)
    assert found.shares == pytest.approx(np.full(10, 0.1))
    assert found.drift(found.counts(p)) == pytest.approx(0, abs=1e-12)
    assert found.drift(found.counts(np.full(50, 0.95))) > 1


def test_scores_that_are_all_alike_have_two_bins() -> None:
    found = Distribution.of(np.full(20, 0.3))
    assert found.shares.tolist() == [0.0, 1.0]
    assert found.counts(np.array([0.1, 0.3, 0.9])).tolist() == [1, 2]


def test_saved_and_loaded(tmp_path: Path) -> None:
    assert Distribution.load(tmp_path) is None
    found = Distribution.of(np.random.default_rng(0).random(500))
    found.save(tmp_path)
    loaded = Distribution.load(tmp_path)
    assert loaded is not None
    assert np.array_equal(loaded.edges, found.edges)
    assert np.array_equal(loaded.shares, found.shares)


@pytest.mark.parametrize("content", ["", "[]", '{"edges": [0.5], "shares": [1]}', '{"edges": [], "shares": [0]}'])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "scores.json").write_text(content)
    with pytest.raises(ArtifactError, match=r"scores\.json"):
        Distribution.load(tmp_path)
