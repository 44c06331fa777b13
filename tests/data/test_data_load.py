"""Loading entities and pairs."""

from pathlib import Path

import pytest
from data_helpers import brief, entity_source, pairs_source, put, put_parquet

from tilth.data import Rejects, load_entities, load_pairs, stream_pairs
from tilth.errors import ConfigError, DataError


def entities(path, max_rejected=1.0, **fields):
    rejects = Rejects()
    source = entity_source(path, **fields)
    return load_entities(source, "item", base=Path("/"), rejects=rejects, max_rejected=max_rejected), rejects


def pairs(path, max_rejected=1.0, **fields):
    rejects = Rejects()
    return load_pairs(pairs_source(path, **fields), base=Path("/"), rejects=rejects, max_rejected=max_rejected), rejects


def test_entities_join_their_text_and_carry_columns(tmp_path):
    path = put(tmp_path, "a.csv", "id,name,a,b,city\n1,N,x,y,Oslo\n2,,x,,\n3,M,,,Bonn\n")
    found, rejects = entities(path, title="name", text=["a", "b"], keep=["city"])
    assert found.table.to_pylist() == [
        {"id": "1", "title": "N", "text": "x\ny", "city": "Oslo"},
        {"id": "2", "title": "", "text": "x", "city": None},
        {"id": "3", "title": "M", "text": "", "city": "Bonn"},
    ]
    assert found.role == "item"
    assert not rejects.rows


def test_entities_with_nothing_but_an_id(tmp_path):
    found, _ = entities(put(tmp_path, "a.csv", "id\n1\n\n2\n"))
    assert found.table.to_pylist() == [{"id": "1", "title": "", "text": ""}, {"id": "2", "title": "", "text": ""}]


def test_a_repeated_id_rejects_the_later_row(tmp_path, monkeypatch):
    monkeypatch.setattr("tilth.data.batch.BATCH_ROWS", 2)
    path = put(tmp_path, "a.csv", "id,t\n1,a\n2,b\n 1 ,c\n,d\n1,e\n")
    found, rejects = entities(path, text=["t"])
    assert found.texts() == ["a", "b"]
    assert sorted(brief(rejects)) == [
        (4, "id", "the id stood already on row 2"),
        (5, "id", "the id is empty"),
        (6, "id", "the id stood already on row 2"),
    ]


def test_an_id_whose_first_row_is_unusable_is_not_taken(tmp_path):
    found, rejects = entities(put(tmp_path, "a.csv", b"id,t\n1,\xff\n1,b\n"), text=["t"])
    assert found.texts() == ["b"]
    assert brief(rejects) == [(2, "t", "is not UTF-8")]


def test_entities_that_may_repeat_are_merged_and_count_as_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("tilth.data.batch.BATCH_ROWS", 4)
    # 20 rows of 2 entities and one reject: 1 of 21 rows is unusable, not 1 of 3.
    path = put(tmp_path, "a.csv", "id,t\n" + "1,a\n2,b\n" * 10 + ",c\n")
    found, rejects = entities(path, max_rejected=0.05, text=["t"], repeated=True)
    assert found.texts() == ["a", "b"]
    assert brief(rejects) == [(22, "id", "the id is empty")]


def test_what_cannot_be_carried_along_is_said(tmp_path):
    path = put(tmp_path, "a.csv", "id,title,text,weight,user,item\n1,t,x,2,u,i\n")
    for fields in ({"keep": ["title"]}, {"text": ["text", "title"], "keep": ["text"]}):
        with pytest.raises(ConfigError, match=r"keep cannot carry the column 't(itle|ext)'"):
            entities(path, **fields)
    with pytest.raises(ConfigError, match="keep cannot carry the column 'weight'"):
        pairs(path, keep=["weight"])
    found, _ = entities(path, title="title", text=["text"], keep=["id", "title", "text"])
    assert found.table.to_pylist() == [{"id": "1", "title": "t", "text": "x"}]


def test_pairs_weights_and_kept_columns(tmp_path):
    path = put(tmp_path, "a.csv", "user,item,w,rank\nu,i,2.5,1\nu,j,,2\nu,k,-1,3\nu,l,nan,4\n")
    found, rejects = pairs(path, weight="w", keep=["rank"])
    assert found.table.to_pylist() == [
        {"context_id": "u", "item_id": "i", "weight": 2.5, "rank": "1"},
        {"context_id": "u", "item_id": "j", "weight": 1.0, "rank": "2"},
    ]
    assert found.file_rows.tolist() == [2, 3]
    assert [(reject.row, reject.column) for reject in rejects.rows] == [(5, "w"), (4, "w")]


def test_a_repeated_pair_rejects_the_later_row_unless_streamed(tmp_path):
    path = put(tmp_path, "a.csv", "user,item\nu,i\nv,i\nu,i\nu,j\nu,i\n")
    found, rejects = pairs(path)
    assert found.file_rows.tolist() == [2, 3, 5]
    assert brief(rejects) == [
        (4, "item", "the pair stood already on row 2"),
        (6, "item", "the pair stood already on row 2"),
    ]
    assert rejects.rows[0].value == "i"
    streamed = list(stream_pairs(pairs_source(path), base=tmp_path, rejects=Rejects()))
    assert [batch.file_rows.tolist() for batch in streamed] == [[2, 3, 4, 5, 6]]


def test_no_two_pairs_run_together(tmp_path):
    found, rejects = pairs(put(tmp_path, "a.csv", "user,item\na\x1fb,c\na,b\x1fc\nab,c\na,bc\n"))
    assert len(found) == 4
    assert not rejects.rows


def test_a_pair_whose_first_row_is_unusable_is_not_taken(tmp_path):
    found, rejects = pairs(put(tmp_path, "a.csv", "user,item,w\nu,i,bad\nu,i,2\n"), weight="w")
    assert found.file_rows.tolist() == [3]
    assert brief(rejects) == [(2, "w", "is not a number")]


@pytest.mark.parametrize("column", ["w", "rank"])
def test_one_file_read_twice_counts_its_rejects_once_each(tmp_path, column):
    path = put(tmp_path, "a.csv", "user,item,w,rank\nu,i,1,1\nu,j,1\n" + "".join(f"u,{n},1,1\n" for n in range(8)))
    rejects = Rejects()
    for _ in range(3):  # 1 of 10 rows each time
        load_pairs(pairs_source(path, keep=[column]), base=Path("/"), rejects=rejects, max_rejected=0.1)
    assert rejects.counts() == {path: 1}


def test_too_many_unusable_rows_are_refused_naming_the_first(tmp_path):
    path = put(tmp_path, "a.csv", "user,item\nu,i\nu\n,j\nu,k\n")
    with pytest.raises(DataError, match=r"row 3: has 1 cells where the header has 2; 2 of 4 rows"):
        pairs(path, max_rejected=0.49)
    assert len(pairs(path, max_rejected=0.5)[0]) == 2


def test_a_file_without_usable_rows_is_refused(tmp_path):
    for content in ("user,item\nu\n", "user,item\n,\n"):
        with pytest.raises(DataError, match="1 of 1 rows cannot be used"):
            pairs(put(tmp_path, "a.csv", content))


def test_ids_agree_across_formats(tmp_path):
    csv = pairs(put(tmp_path, "a.csv", "user,item\n1,12\n"))[0]
    jsonl = pairs(put(tmp_path, "a.jsonl", '{"user": 1, "item": 12.0}\n'))[0]
    columns = put_parquet(tmp_path, user=[1.0], item=["12"])
    assert csv.table.equals(jsonl.table)
    assert csv.table.equals(pairs(columns)[0].table)


def test_null_ids_in_parquet_reject_their_rows(tmp_path):
    found, rejects = pairs(put_parquet(tmp_path, user=["u", None, "v"], item=[1.0, 2.0, float("nan")]))
    assert found.file_rows.tolist() == [1]
    assert sorted(brief(rejects)) == [(2, "user", "the id is empty"), (3, "item", "the id is empty")]
