"""Where sparse rows meet: the path for one context gives what the path for many gives, to the last bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from tilth.artifacts.student.sparsity import meet, shared_sums

COLUMNS = 1 << 18


def matrix(rows: list[dict[int, float]]) -> sparse.csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    columns = [column for row in rows for column in sorted(row)]
    data = np.array([row[column] for row in rows for column in sorted(row)], dtype=np.float32)
    return sparse.csr_matrix((data, columns, ends), shape=(len(rows), COLUMNS))


def rows(max_size: int) -> st.SearchStrategy[dict[int, float]]:
    # Columns 65,536 apart share a place in the sieve, and must still be told apart.
    column = st.builds(lambda low, high: low + (high << 16), st.integers(0, 12), st.integers(0, 3))
    return st.dictionaries(column, st.floats(0.125, 9, width=32), max_size=max_size)


def test_meeting_by_hand() -> None:
    left, right = matrix([{1: 1.0}, {2: 5.0, 7: 6.0, 9: 7.0}]), matrix([{7: 1.0, 9: 2.0, 11: 3.0}, {}, {2: 4.0}])
    met = meet(left, right, 1, np.array([0, 1, 2]))
    assert (met.left.tolist(), met.right.tolist(), met.ends.tolist()) == ([2, 3, 1], [0, 1, 3], [0, 2, 2, 3])
    assert shared_sums(left, right, np.array([1, 1, 1]), np.array([0, 1, 2])).tolist() == [20.0, 0.0, 20.0]


def test_the_sieve_loses_nothing() -> None:
    """Enough columns for it, a third of which share their last bits with a known one and are not it."""
    rng = np.random.default_rng(0)
    right = matrix([{int(c): 1.0 for c in rng.integers(0, COLUMNS, 400)} | {5: 2.0} for _ in range(6)])
    left = matrix([{5: 3.0, **{int(c): 1.0 for c in rng.integers(0, COLUMNS, 300)}}, {}])
    rows = np.arange(6)
    expected = np.asarray((left[[0] * 6]).multiply(right[rows]).sum(axis=1)).ravel()
    assert np.array_equal(shared_sums(left, right, np.zeros(6, np.int64), rows), expected)
    assert shared_sums(left, right, np.ones(6, np.int64), rows).tolist() == [0.0] * 6


@settings(deadline=None, max_examples=60)
@given(rows(30), st.lists(rows(30), min_size=1, max_size=6), st.data())
def test_one_context_gives_what_many_give(left_row: dict[int, float], others: list[dict[int, float]], data) -> None:
    left, right = matrix([left_row, {3: 1.0}]), matrix(others)
    item_rows = np.array(data.draw(st.lists(st.integers(0, len(others) - 1), min_size=1, max_size=8)))
    alone = shared_sums(left, right, np.zeros(len(item_rows), np.int64), item_rows)
    mixed = shared_sums(left, right, np.array([*[0] * len(item_rows), 1]), np.array([*item_rows, 0]))
    assert np.array_equal(alone, mixed[:-1])
