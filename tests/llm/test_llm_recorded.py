"""Answers given before: reading the files, and looking up by key."""

import asyncio
import gzip
import hashlib
import json

import pytest
from llm_helpers import request_for

from tilth.errors import DataError, TransportError
from tilth.llm import RecordedAnswer, RecordedTransport, Usage, read_recorded, recorded_endpoint

KEYS = ("user_id", "item_id")
CSV = "user_id,item_id,bad,p_bad,reasons,note\nu1,j1,0,0.05,,007\nu1,j2,1,5e-1,too_junior|salary,\n"


def written(tmp_path, name: str, content: str | bytes):
    path = tmp_path / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def values(answers):
    return {key: json.loads(answer.text) for key, answer in answers.items()}


def error(tmp_path, name, content, **options) -> DataError:
    path = written(tmp_path, name, content)
    with pytest.raises(DataError) as caught:
        read_recorded(path, **{"key_columns": KEYS, "answer": None, **options})
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV"])
def test_csv_cells_become_numbers_lists_and_texts(tmp_path, name):
    answers = read_recorded(written(tmp_path, name, CSV), key_columns=KEYS, answer=None)
    assert values(answers) == {
        ("u1", "j1"): {"bad": 0, "p_bad": 0.05, "reasons": [], "note": "007"},
        ("u1", "j2"): {"bad": 1, "p_bad": 0.5, "reasons": ["too_junior", "salary"], "note": None},
    }
    assert '"bad": 0,' in answers["u1", "j1"].text


def test_answer_names_the_fields(tmp_path):
    path = written(tmp_path, "a.csv", CSV.replace("|", ";"))
    answers = read_recorded(
        path, key_columns=("item_id",), answer={"grade": "bad", "why": "reasons"}, lists=("why",), list_separator=";"
    )
    assert values(answers) == {
        ("j1",): {"grade": 0, "why": []},
        ("j2",): {"grade": 1, "why": ["too_junior", "salary"]},
    }


def test_what_the_answers_took(tmp_path):
    path = written(tmp_path, "a.csv", "user_id,item_id,bad,in,out,usd,s\nu,1,0,812,9,0.0004,1.5\nu,2,0,,,,\n")
    columns = {"prompt_tokens": "in", "completion_tokens": "out", "cost_usd": "usd", "latency_s": "s"}
    assert read_recorded(path, key_columns=KEYS, answer=None, **columns) == {
        ("u", "1"): RecordedAnswer('{"bad": 0}', Usage(812, 9), 1.5, 0.0004),
        ("u", "2"): RecordedAnswer('{"bad": 0}', Usage(None, None), None, None),
    }


def test_a_raw_column_is_taken_as_it_is(tmp_path):
    path = written(tmp_path, "a.csv", 'user_id,item_id,response\nu,1,"Sure! {""grade"": 1}\nBye"\nu,2,\n')
    answers = read_recorded(path, key_columns=KEYS, answer=None, raw="response")
    assert answers["u", "1"].text == 'Sure! {"grade": 1}\nBye'
    assert answers["u", "2"].text == ""


def test_jsonl_keeps_types_and_leaves_other_entities_out(tmp_path):
    lines = [{"user_id": "u1", "pay": None, "skills": ["SEO"]}, {"item_id": 7, "remote": True, "note": "a|b\u2028c"}]
    path = written(tmp_path, "a.jsonl.gz", "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\r\n")
    users = read_recorded(path, key_columns=["user_id"], answer=None)
    items = read_recorded(path, key_columns=["item_id"], answer=None)
    assert values(users) == {("u1",): {"pay": None, "skills": ["SEO"]}}
    assert values(items) == {("7",): {"remote": True, "note": "a|b\u2028c"}}


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    answers = read_recorded(written(tmp_path, "a.csv", b"\xef\xbb\xbf" + CSV.encode()), key_columns=KEYS, answer=None)
    assert len(answers) == 2


@pytest.mark.parametrize(
    ("content", "row", "column", "said"),
    [
        ("", None, None, "empty"),
        ("\n \n", None, None, "empty"),
        ("user_id,item_id,bad\n", None, None, "no row"),
        ("user_id,bad\nu,1\n", 1, "item_id", "the file has user_id, bad"),
        ("user_id,item_id,bad,bad\nu,1,0,0\n", 1, "bad", "twice in the header"),
        ("user_id,item_id,bad\nu,1,0\nu,1,1\n", 3, "item_id", "(u, 1) stands twice"),
        ("user_id,item_id,bad\nu,1,0\n\nu,1\n", 4, None, "2 cells where the header has 3"),
        ("user_id,item_id,bad\n,1,0\n", 2, "user_id", "empty"),
        ('user_id,item_id,bad\nu,1,0\nu,2,"0\n', 3, None, "cannot be read as CSV"),
        (b"user_id,item_id,bad\nu,1,0\nu,\xff,0\n", 3, None, "not UTF-8"),
        ("user_id,item_id,bad\nu,1," + "x" * 200_000, 2, None, "JSONL"),
    ],
)
def test_csv_that_cannot_be_used(tmp_path, content, row, column, said):
    caught = error(tmp_path, "a.csv", content)
    assert (caught.row, caught.column) == (row, column)
    assert said in str(caught)


@pytest.mark.parametrize(
    ("content", "row", "column", "said"),
    [
        ("", None, None, "empty"),
        ('{"other": 1}\n', None, None, "no row"),
        ('{"user_id": "u", "item_id": "i", "bad": 0}\n{"user_id": "u"\n', 2, None, "cannot be read as JSON"),
        ('{"user_id": "u", "bad": 0}\n', 1, "item_id", "key column is missing"),
        ('{"user_id": "u", "item_id": null}\n', 1, "item_id", "empty or no text"),
        ('{"user_id": "u", "item_id": true}\n', 1, "item_id", "empty or no text"),
        ('{"user_id": "u", "item_id": "i", "bad": NaN}\n', 1, None, "NaN"),
        ('{"user_id": "u", "item_id": "i", "bad": 1, "bad": 0}\n', 1, None, "'bad' stands twice"),
        ('{"user_id": "u", "item_id": "i", "bad": "\\ud800"}\n', 1, None, "surrogate"),
        ("[1]\n", 1, None, "no object"),
        ('{"user_id":' + "[" * 100_000, 1, None, "nested"),
        (b'{"user_id": "u"}\n\xff', 2, None, "not UTF-8"),
    ],
)
def test_jsonl_that_cannot_be_used(tmp_path, content, row, column, said):
    caught = error(tmp_path, "a.jsonl", content)
    assert (caught.row, caught.column) == (row, column)
    assert said in str(caught)


@pytest.mark.parametrize(
    ("options", "column", "said"),
    [
        ({"answer": {"grade": "grade"}}, "grade", "missing"),
        ({"raw": "response"}, "response", "missing"),
        ({"cost_usd": "usd"}, "usd", "missing"),
        ({"cost_usd": "note"}, "note", "'cheap' is no number"),
        ({"raw": "bad"}, "bad", "no text"),
    ],
)
def test_columns_that_cannot_be_used(tmp_path, options, column, said):
    line = json.dumps({"user_id": "u", "item_id": "i", "bad": 1, "note": "cheap"})
    caught = error(tmp_path, "a.jsonl", line, **options)
    assert (caught.row, caught.column) == (1, column)
    assert said in str(caught)


@pytest.mark.parametrize("cell", ["-1", "nan", "1e999", "many"])
def test_counts_and_prices_are_numbers_of_at_least_nothing(tmp_path, cell):
    caught = error(tmp_path, "a.csv", f"user_id,item_id,n\nu,i,{cell}\n", prompt_tokens="n")
    assert (caught.row, caught.column) == (2, "n")


def test_files_that_cannot_be_opened(tmp_path):
    missing = tmp_path / "none.csv"
    with pytest.raises(DataError, match="No such file"):
        read_recorded(missing, key_columns=KEYS, answer=None)
    with pytest.raises(DataError, match="No such file"):
        recorded_endpoint(missing)
    assert "neither CSV nor JSONL" in str(error(tmp_path, "a.parquet", "x"))
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(CSV.encode())[:-12])
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_recorded(cut, key_columns=KEYS, answer=None)
    plain = tmp_path / "plain.csv.gz"
    plain.write_text(CSV)
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_recorded(plain, key_columns=KEYS, answer=None)


def test_the_endpoint_names_the_content(tmp_path):
    path = written(tmp_path, "a.csv", CSV)
    assert recorded_endpoint(path) == "recorded:" + hashlib.sha256(CSV.encode()).hexdigest()[:16]
    before = recorded_endpoint(path)
    path.write_text(CSV.replace("0.05", "0.06"))
    assert recorded_endpoint(path) != before


def test_transport_looks_up_by_key():
    transport = RecordedTransport({("u1", "j1"): RecordedAnswer("{}", Usage(1, 2), 0.5, 0.01)})
    reply = asyncio.run(transport.send(request_for(1, model="teacher")))
    assert (reply.text, reply.usage, reply.latency_s, reply.cost_usd) == ("{}", Usage(1, 2), 0.5, 0.01)
    assert (reply.finish_reason, reply.model) == ("recorded", "teacher")
    with pytest.raises(TransportError, match=r"no recorded answer for key \(u2, j2\)") as caught:
        asyncio.run(transport.send(request_for(2)))
    assert not caught.value.retryable
