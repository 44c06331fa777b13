"""Entities and attributes."""

import numpy as np
import pyarrow as pa
import pytest

from tilth.records import ENTITY_SCHEMA, Attributes, Entities

TABLE = pa.table({"id": ["b", "a", "c"], "title": ["B", "", "C"], "text": ["x", "y", ""], "city": ["o", None, "p"]})
ITEMS = Entities("item", TABLE)


def test_columns():
    assert len(ITEMS) == 3
    assert ITEMS.ids.to_pylist() == ["b", "a", "c"]
    assert ITEMS.titles() == ["B", "", "C"]
    assert ITEMS.texts() == ["x", "y", ""]
    assert set(ENTITY_SCHEMA.names) <= set(TABLE.column_names)


@pytest.mark.parametrize(
    "ids", [pa.array(["c", "b", "?", "c", None]), pa.chunked_array([["c", "b"], ["?", "c", None]])]
)
def test_rows_of_ids_known_and_not(ids):
    rows = ITEMS.rows_of(ids)
    assert rows.tolist() == [2, 0, -1, 2, -1]
    assert rows.dtype == np.int64


def test_rows_of_no_ids_and_of_no_entities():
    assert ITEMS.rows_of(pa.array([], pa.string())).tolist() == []
    assert Entities("item", TABLE.slice(0, 0)).rows_of(pa.array(["a"])).tolist() == [-1]


def test_ids_of_a_table_in_chunks():
    both = Entities("item", pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]))
    assert both.rows_of(pa.array(["a"])).tolist() == [1]


def test_take_keeps_what_is_carried_along():
    taken = ITEMS.take(np.array([2, 0]))
    assert taken.table["city"].to_pylist() == ["p", "o"]
    assert taken.role == "item"


def test_attributes_are_aligned_with_nulls_for_what_was_not_read():
    attributes = Attributes("item", pa.table({"pay": [1, 2], "id": ["c", "b"], "skills": [["s"], None]}))
    assert attributes.names == ["pay", "skills"]
    assert attributes.aligned_to(ITEMS).to_pydict() == {"pay": [2, None, 1], "skills": [None, None, ["s"]]}
    assert attributes.aligned_to(ITEMS.take(np.array([1]))).to_pydict() == {"pay": [None], "skills": [None]}
