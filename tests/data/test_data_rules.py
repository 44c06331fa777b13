"""Rules in files: read with defaults, written and read back, and every row that is no rule named."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tilth.data import read_rules, rules_table, write_rules
from tilth.errors import DataError
from tilth.records import RULE_SCHEMA, Rule, rules_of

RULES = [
    Rule("1", "synonym", "tv", "television, set", 0.5, "two_way", provenance="rule:miner", note='says "so"'),
    Rule("2", "expansion", "gaming", "geforce", 0.25, field="title"),
    Rule("3", "spelling", "=lampp", "lamp"),
]


@pytest.mark.parametrize("name", ["rules.csv", "rules.jsonl", "rules.parquet"])
def test_rules_are_read_back_as_they_were_written(tmp_path, name):
    write_rules(RULES, tmp_path / name)
    assert read_rules(tmp_path / name) == RULES


def test_a_table_of_rules_is_of_the_schema():
    table = rules_table(RULES)
    assert table.schema == RULE_SCHEMA
    assert rules_of(table) == RULES


def test_three_columns_are_enough(tmp_path):
    path = tmp_path / "rules.csv"
    path.write_text("kind,source,target\nsynonym, tv ,telly\n\nspelling,lampp,lamp\n")
    assert read_rules(path) == [Rule("row 2", "synonym", "tv", "telly"), Rule("row 4", "spelling", "lampp", "lamp")]


def test_jsonl_rows_may_lack_what_others_have(tmp_path):
    path = tmp_path / "rules.jsonl"
    path.write_text(
        '{"kind": "synonym", "source": "tv", "target": "telly"}\n'
        '{"kind": "expansion", "source": "a", "target": "b", "weight": 0.5, "field": "title", "rule_id": "x"}\n'
    )
    assert [(rule.rule_id, rule.weight, rule.field) for rule in read_rules(path)] == [
        ("row 1", 1.0, None),
        ("x", 0.5, "title"),
    ]


def test_an_index_that_parquet_carries_along_does_not_matter(tmp_path):
    path = tmp_path / "rules.parquet"
    pq.write_table(pa.table({"kind": ["synonym"], "source": ["a"], "target": ["b"], "extra": [1]}), path)
    assert read_rules(path) == [Rule("row 1", "synonym", "a", "b")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("homonym,a,b,1,one_way,rule:x", r"row 3, column 'kind': is not one of synonym, expansion, spelling"),
        ("synonym,,b,1,one_way,rule:x", r"row 3, column 'source': the source is empty"),
        ("synonym,a, ,1,one_way,rule:x", r"row 3, column 'target': the target is empty"),
        ("synonym,a,b,much,one_way,rule:x", r"row 3, column 'weight': is not a number"),
        ("synonym,a,b,0,one_way,rule:x", r"row 3, column 'weight': is not above 0"),
        ("synonym,a,b,nan,one_way,rule:x", r"row 3, column 'weight': is NaN"),
        ("synonym,a,b,1,sideways,rule:x", r"row 3, column 'direction': is not one of one_way, two_way"),
        ("synonym,a,b,1,one_way,ann", r"row 3, column 'provenance': is not of the form"),
        ("synonym,a", r"row 3: has 2 cells where the header has 6"),
    ],
)
def test_a_row_that_is_no_rule_is_named(tmp_path, row, message):
    path = tmp_path / "rules.csv"
    header = "kind,source,target,weight,direction,provenance"
    path.write_text(f"{header}\nsynonym,c,d,,,\n{row}\nalso,bad\n")
    with pytest.raises(DataError, match=message):
        read_rules(path)


def test_files_that_hold_no_rules_are_refused(tmp_path):
    path = tmp_path / "rules.csv"
    path.write_text("kind,source\nsynonym,a\n")
    with pytest.raises(DataError, match="column 'target': no such column"):
        read_rules(path)
    path.write_text("rule_id,kind,source,target\nx,synonym,a,b\nx,synonym,c,d\n")
    with pytest.raises(DataError, match="two rules have the id 'x'"):
        read_rules(path)
    (tmp_path / "bad.jsonl").write_text("[1]\n")
    with pytest.raises(DataError, match="not a JSON object"):
        read_rules(tmp_path / "bad.jsonl")
    with pytest.raises(DataError, match="no such file"):
        read_rules(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"as \.csv, \.jsonl or \.parquet"):
        write_rules(RULES, tmp_path / "rules.txt")
