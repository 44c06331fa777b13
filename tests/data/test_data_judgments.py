"""Loading judgments."""

import pytest
from data_helpers import brief, put

from tilth.data import JudgmentSource, Rejects, load_judgments
from tilth.errors import ConfigError
from tilth.records import JUDGMENT_SCHEMA

GRADES = frozenset({0.0, 1.0, 2.0})


def load(folder, content, source="human:ann", grades=None, **columns):
    mapping = JudgmentSource(path="g.csv", context_id="u", item_id="i", source=source, grade="g", **columns)
    put(folder, "g.csv", content)
    rejects = Rejects()
    return load_judgments(mapping, base=folder, rejects=rejects, max_rejected=1.0, grades=grades), rejects


def test_a_full_row(tmp_path):
    content = "u,i,g,p,why,ans,pt,ct,usd,s\nu1,i1,2,0.75,a|b,text,10,2,0.001,1.5\n"
    found, rejects = load(
        tmp_path, content, "model:m", GRADES,
        p="p", reasons="why", raw="ans", prompt_tokens="pt", completion_tokens="ct", cost_usd="usd", latency_s="s",
    )  # fmt: skip
    assert not rejects.rows
    types = {field.name: field.type for field in JUDGMENT_SCHEMA}
    assert {field.name: field.type for field in found.table.schema} == types
    assert found.table.to_pylist() == [
        {
            "context_id": "u1", "item_id": "i1", "source": "model:m", "grade": 2.0, "p": 0.75, "reasons": ["a", "b"],
            "error": None, "raw": "text", "prompt_tokens": 10, "completion_tokens": 2, "cost_usd": 0.001,
            "latency_s": 1.5, "rubric_hash": None, "prompt_hash": None, "created_at": None,
        }
    ]  # fmt: skip


def test_a_source_made_of_columns(tmp_path):
    content = "u,i,g,vendor,name\nu1,i1,1,acme,big\nu1,i1,1,acme,small\nu1,i2,1,,x\n"
    found, rejects = load(tmp_path, content, "model:{vendor}/{name}!")
    assert found.table["source"].to_pylist() == ["model:acme/big!", "model:acme/small!"]
    assert brief(rejects) == [(4, "vendor", "a part of the source's name is empty")]
    assert found.sources == ["model:acme/big!", "model:acme/small!"]


@pytest.mark.parametrize("source", ["ann", "human:", "person:ann", "{kind}:x", ""])
def test_a_source_of_no_known_kind(tmp_path, source):
    with pytest.raises(ConfigError, match="kinds are human, model"):
        load(tmp_path, "u,i,g,kind\nu,i,1,human\n", source)


def test_failures_of_a_model_stay_without_a_label(tmp_path):
    content = 'u,i,g,p\nu,1,2,0.5\nu,2,,\nu,3,"no, sorry",rubbish\nu,4,3,0.9\nu,5,nan,7\nu,6,1e999,0.1\n'
    found, rejects = load(tmp_path, content, "model:m", GRADES, p="p")
    assert not rejects.rows
    assert found.table["grade"].to_pylist() == [2.0, None, None, None, None, None]
    assert found.table["p"].to_pylist() == [0.5, None, None, None, None, None]
    assert found.table["error"].to_pylist() == [
        None,
        "there is no grade",
        "'no, sorry' is not one of the grades (0, 1, 2)",
        "'3' is not one of the grades (0, 1, 2)",
        "'nan' is not one of the grades (0, 1, 2)",
        "'1e999' is not one of the grades (0, 1, 2)",
    ]
    assert found.labelled().file_rows.tolist() == [2]


def test_without_a_list_of_grades_any_finite_number_is_one(tmp_path):
    found, _ = load(tmp_path, "u,i,g\nu,1,7.5\nu,2,inf\n", "model:m")
    assert found.table["grade"].to_pylist() == [7.5, None]
    assert found.table["error"].to_pylist() == [None, "'inf' is not one of the grades"]


@pytest.mark.parametrize("kind", ["human", "rule", "weak", "synthetic"])
def test_from_anybody_else_such_rows_are_rejected(tmp_path, kind):
    content = "u,i,g\nu,1,2\nu,2,\nu,3,good\nu,4,3\nu,5,nan\nu,6,inf\n"
    found, rejects = load(tmp_path, content, f"{kind}:x", GRADES)
    assert found.file_rows.tolist() == [2]
    assert sorted(brief(rejects)) == [
        (3, "g", "is empty where a number is needed"),
        (4, "g", "is not a number"),
        (5, "g", "is not one of the grades (0, 1, 2)"),
        (6, "g", "is NaN or infinite, not a number that can be used"),
        (7, "g", "is NaN or infinite, not a number that can be used"),
    ]


def test_a_p_outside_0_to_1_rejects_a_labelled_row(tmp_path):
    found, rejects = load(tmp_path, "u,i,g,p\nu,1,1,1.5\nu,2,1,0\nu,3,1,\n", "model:m", p="p")
    assert found.table["p"].to_pylist() == [0.0, None]
    assert brief(rejects) == [(2, "p", "is not between 0 and 1")]


def test_one_judgment_for_a_pair_and_a_source(tmp_path):
    content = "u,i,g,who\nu,1,1,ann\nu,1,0,bob\nu,1,0,ann\n"
    found, rejects = load(tmp_path, content, "human:{who}")
    assert found.file_rows.tolist() == [2, 3]
    assert brief(rejects) == [(4, "i", "a judgment of this pair by this source stood already on row 2")]


def test_parts(tmp_path):
    content = "u,i,g,part\nu,1,1,test\nu,2,1, few-shot \nu,3,1,\nu,4,1,train\n"
    found, rejects = load(tmp_path, content, part="part")
    assert found.table["part"].to_pylist() == ["test", "few-shot", ""]
    assert brief(rejects) == [(5, "part", "is not one of the parts few-shot, calibration, test")]


def test_tokens_are_whole_and_costs_not_negative(tmp_path):
    content = "u,i,g,t,c\nu,1,1,1.5,0\nu,2,1,99999999999999999999,0\nu,3,1,5,-0.1\nu,4,1,,\n"
    found, rejects = load(tmp_path, content, "model:m", prompt_tokens="t", cost_usd="c")
    assert found.file_rows.tolist() == [5]
    assert sorted((row, column) for row, column, _ in brief(rejects)) == [(2, "t"), (3, "t"), (4, "c")]


def test_of_one_source_keeps_the_rows(tmp_path):
    found, _ = load(tmp_path, "u,i,g,who\nu,1,1,ann\nu,1,0,bob\nu,2,0,ann\n", "human:{who}")
    assert found.of("human:ann").file_rows.tolist() == [2, 4]
    assert len(found.of("human:eve")) == 0
