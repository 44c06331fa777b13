"""Pairs and judgments."""

import numpy as np
import pyarrow as pa
import pytest

from tilth.errors import DataError
from tilth.records import SOURCE_KINDS, Judgments, Pairs, check_source


def judgments(file_rows=None):
    table = pa.table(
        {
            "context_id": ["u", "u", "v", "v"],
            "item_id": ["1", "2", "1", "2"],
            "source": ["model:b", "human:a", "model:b", "model:b"],
            "grade": [1.0, 0.0, None, 2.0],
        }
    )
    return Judgments(table, file_rows)


def test_sources_are_sorted():
    assert judgments().sources == ["human:a", "model:b"]
    assert len(judgments()) == 4


def test_of_a_source_and_labelled():
    found = judgments(np.array([2, 3, 5, 9]))
    assert found.of("model:b").file_rows.tolist() == [2, 5, 9]
    assert found.of("model:b").labelled().file_rows.tolist() == [2, 9]
    assert found.labelled().table["grade"].to_pylist() == [1.0, 0.0, 2.0]
    assert len(found.of("model:nobody")) == 0


def test_rows_from_no_file_stay_so():
    assert judgments().of("model:b").labelled().file_rows is None
    assert judgments() == judgments(np.array([2, 3, 5, 9]))


def test_pairs():
    pairs = Pairs(pa.table({"context_id": ["u"], "item_id": ["1"], "weight": [1.0]}))
    assert len(pairs) == 1
    assert pairs.file_rows is None


@pytest.mark.parametrize("kind", SOURCE_KINDS)
def test_sources_that_are_good(kind):
    assert check_source(f"{kind}:a:b") == f"{kind}:a:b"


@pytest.mark.parametrize("source", ["", "human", "human:", ":x", "Human:x", "expert:x", "human x"])
def test_sources_that_are_not(source):
    with pytest.raises(DataError, match="not of the form <kind>:<name>"):
        check_source(source)
