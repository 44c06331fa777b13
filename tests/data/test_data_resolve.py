"""Dangling ids."""

import pyarrow as pa
from data_helpers import brief, pairs_source, put

from tilth.data import JudgmentSource, Rejects, keep_known, load_judgments, load_pairs
from tilth.records import Entities, Pairs


def entities(role, *ids):
    return Entities(
        role, pa.table({"id": pa.array(ids, pa.string()), "title": [""] * len(ids), "text": [""] * len(ids)})
    )


USERS, ITEMS = entities("context", "u", "v"), entities("item", "1", "2")


def test_rejects_name_the_row_of_the_file(tmp_path):
    # Row 3 is ragged and row 5 repeats row 2: the rows behind them keep their numbers.
    path = put(tmp_path, "p.csv", 'user,item\nu,1\nragged\n"x\ny",1\nu,1\nw,9\nv,2\nv,3\n')
    rejects = Rejects()
    found = load_pairs(pairs_source(path), base=tmp_path, rejects=rejects, max_rejected=1.0)
    known = keep_known(found, USERS, ITEMS, path=path, rejects=rejects)
    assert known.table.to_pylist() == [
        {"context_id": "u", "item_id": "1", "weight": 1.0},
        {"context_id": "v", "item_id": "2", "weight": 1.0},
    ]
    assert known.file_rows.tolist() == [2, 7]
    assert brief(rejects)[2:] == [
        (4, "context_id", "no such context"),
        (6, "context_id", "no such context"),
        (8, "item_id", "no such item"),
    ]
    assert [reject.value for reject in rejects.rows[2:]] == ["x\ny", "w", "3"]


def test_judgments_too(tmp_path):
    source = JudgmentSource(path="g.csv", context_id="u", item_id="i", source="human:a", grade="g")
    put(tmp_path, "g.csv", "u,i,g\nu,1,bad\nu,9,1\nu,2,0\n")
    rejects = Rejects()
    found = load_judgments(source, base=tmp_path, rejects=rejects, max_rejected=1.0)
    known = keep_known(found, USERS, ITEMS, path="g.csv", rejects=rejects)
    assert known.file_rows.tolist() == [4]
    assert (3, "item_id", "no such item") in brief(rejects)


def test_rows_from_no_file_are_counted_from_1():
    table = pa.table({"context_id": ["u", "w"], "item_id": ["1", "1"], "weight": [1.0, 1.0]})
    rejects = Rejects()
    known = keep_known(Pairs(table), USERS, ITEMS, path="sample", rejects=rejects)
    assert known.file_rows is None
    assert brief(rejects) == [(2, "context_id", "no such context")]


def test_when_nothing_dangles_nothing_changes():
    table = pa.table({"context_id": ["u", "v"], "item_id": ["1", "2"], "weight": [1.0, 1.0]})
    rejects = Rejects()
    assert keep_known(Pairs(table), USERS, ITEMS, path="sample", rejects=rejects).table.equals(table)
    assert not rejects.rows
