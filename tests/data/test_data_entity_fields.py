"""Categories and dates of items."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from data_helpers import entity_source, put, put_parquet

from tilth.data import Rejects, load_entities
from tilth.errors import ConfigError, DataError


def entities(path, **fields):
    rejects = Rejects()
    source = entity_source(path, **fields)
    return load_entities(source, "item", base=Path("/"), rejects=rejects, max_rejected=0.0), rejects


def test_categories_and_dates(tmp_path):
    path = put(
        tmp_path,
        "a.csv",
        "id,path,made\n1, Home >> Garden>>,2014-12-12\n2,,\n3,>>,1418342400\n4,Home,2014-12-12T01:00+01:00\n",
    )
    found, rejects = entities(path, category="path", category_separator=">>", created_at="made")
    day = datetime(2014, 12, 12, tzinfo=UTC)
    assert found.table["category"].to_pylist() == ["Home > Garden", "", "", "Home"]
    assert found.table["created_at"].to_pylist() == [day, None, day, day]
    assert found.table.schema.field("category").type == pa.string()
    assert found.table.schema.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert not rejects.rows
    assert not rejects.left_out


def test_without_a_separator_the_category_is_as_it_stands(tmp_path):
    found, _ = entities(put(tmp_path, "a.csv", "id,c\n1, Home > Garden \n"), category="c")
    assert found.table["category"].to_pylist() == ["Home > Garden"]
    assert "created_at" not in found.table.column_names


def test_lists_are_paths(tmp_path):
    path = put_parquet(tmp_path, id=["1"], c=[["Home", "Garden"]], made=[datetime(2014, 12, 12, 13)])
    found, _ = entities(path, category="c", category_separator="|", created_at="made")
    assert found.table["category"].to_pylist() == ["Home > Garden"]
    assert found.table["created_at"].to_pylist() == [datetime(2014, 12, 12, 13, tzinfo=UTC)]


def test_a_date_that_cannot_be_read_is_left_out_and_listed(tmp_path):
    path = put(tmp_path, "a.csv", "id,made\n1,soon\n2,2014-12-12\n")
    found, rejects = entities(path, created_at="made")
    assert found.table["id"].to_pylist() == ["1", "2"]
    assert found.table["created_at"][0].as_py() is None
    assert [(left.row, left.column, left.reason, left.value) for left in rejects.left_out] == [
        (2, "made", "is not a time that can be read", "soon")
    ]
    assert not len(rejects)
    rejects.write(tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_text().splitlines()[
        1
    ] == f"{path},2,made,is not a time that can be read,soon"


def test_a_column_that_is_missing_is_named(tmp_path):
    path = put(tmp_path, "a.csv", "id\n1\n")
    for field in ("category", "created_at"):
        with pytest.raises(DataError, match=f"{path}, column 'nope': no such column"):
            entities(path, **{field: "nope"})


def test_a_kept_column_does_not_hide_the_field(tmp_path):
    path = put(tmp_path, "a.csv", "id,category,kind,created_at\n1,x,y,z\n")
    with pytest.raises(ConfigError, match="cannot carry the column 'category'"):
        entities(path, category="kind", keep=["category"])
    assert entities(path, category="category", keep=["category", "kind"])[0].table.column_names == [
        "id",
        "title",
        "text",
        "category",
        "kind",
    ]
    assert entities(path, keep=["category", "created_at"])[0].table["created_at"].to_pylist() == ["z"]
