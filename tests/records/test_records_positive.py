"""The positive class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import ConfigError, DataError
from tilth.records import Positive

FINITE = st.floats(allow_nan=False)


def test_the_cut_itself():
    assert Positive("relevant", at_least=2).of([1.9, 2, 3]).tolist() == [False, True, True]
    assert Positive("bad", below=1).of([[0, 0.9], [1, 2]]).tolist() == [[True, True], [False, False]]
    assert Positive("bad", below=0).of(-1).tolist() is True


@given(st.lists(FINITE, min_size=2), st.floats(-10, 10), st.booleans())
def test_the_score_rises_towards_the_positive_class(grades, cut, upwards):
    positive = Positive("x", at_least=cut) if upwards else Positive("x", below=cut)
    flags = positive.of(grades)[np.argsort(positive.score(grades), kind="stable")]
    assert flags.tolist() == sorted(flags.tolist())


@pytest.mark.parametrize("cuts", [{}, {"at_least": 1, "below": 1}])
def test_exactly_one_cut(cuts):
    with pytest.raises(ConfigError, match="exactly one of at_least and below"):
        Positive("x", **cuts)


@pytest.mark.parametrize("cuts", [{"at_least": 1}, {"below": 1}])
def test_a_missing_grade_is_neither(cuts):
    with pytest.raises(DataError, match="a grade is NaN"):
        Positive("x", **cuts).of([1, np.nan])


def test_in_words():
    assert Positive("relevant", at_least=2).describe() == "relevant (grade >= 2)"
    assert Positive("bad", below=0.5).describe() == "bad (grade < 0.5)"
