"""Means of groups, by hand."""

import numpy as np

from tilth.stats import mean_of_group


def test_each_member_is_given_its_groups_mean() -> None:
    means = mean_of_group(np.array([1.0, 10.0, 3.0, 20.0, 7.0]), np.array([4, 0, 4, 0, 2]))
    assert means.tolist() == [2, 15, 2, 15, 7]


def test_equal_values_are_not_above_their_mean() -> None:
    values = np.full(10, 0.1)  # whose sum is 0.9999999999999999
    assert not (values > mean_of_group(values, np.zeros(10, np.int64))).any()
