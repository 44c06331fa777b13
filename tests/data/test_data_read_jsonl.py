"""JSONL: a row is a line."""

import pytest
from data_helpers import brief, put, read

from tilth.errors import DataError


def test_numbers_become_ids_and_blank_lines_count(tmp_path):
    path = put(tmp_path, "a.jsonl", '\ufeff{"a": 12, "b": 12.0}\r\n\r\n{"b": 1.5, "a": "x"}')
    assert read(path, "a", "b")[0] == [(1, "12", "12"), (3, "x", "1.5")]


def test_an_id_beyond_64_bits_keeps_its_digits(tmp_path):
    assert read(put(tmp_path, "a.jsonl", '{"a": 123456789012345678901234567890}'), "a")[0] == [
        (1, "123456789012345678901234567890")
    ]


def test_lists_are_joined_without_their_nulls(tmp_path):
    path = put(tmp_path, "a.jsonl", '{"a": 1, "b": ["x", null, 2, 2.0, true]}\n{"a": 2, "b": []}\n{"a": 3}')
    assert read(path, "a", "b", ids=("a",))[0] == [(1, "1", "x|2|2|true"), (2, "2", None), (3, "3", None)]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (b"[1, 2]", "", "is not a JSON object (Expected `object`, got `array`)"),
        (b"null", "", "is not a JSON object (Expected `object`, got `null`)"),
        (b'{"a": 1', "", "is not a JSON object (Input data was truncated)"),
        (b'{"a": 1} {"a": 2}', "", "is not a JSON object (JSON is malformed: trailing characters"),
        (b"{'a': 1}", "", "is not a JSON object"),
        (b'{"a": NaN}', "", "is not a JSON object"),
        (b'{"a": 1e400}', "", "is not a JSON object (Number out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "", "is not a JSON object (Integer value out of range"),
        (b'{"a": "\\ud800"}', "", "is not a JSON object"),
        (b'{"a": "\xff"}', "", "is not UTF-8"),
        (b'{"a": ' + b"[" * 100_000, "", "nested too deeply"),
        (b'{"a": {"x": 1}}', "a", "holds a JSON object where an id is needed"),
        (b'{"a": ["x"]}', "a", "holds a list where an id is needed"),
        (b'{"a": true}', "a", "holds true or false where an id is needed"),
        (b'{"a": "x", "b": {"x": 1}}', "b", "holds a JSON object where text or a number is needed"),
        (b'{"a": "x", "b": [["x"]]}', "b", "holds a list inside a list"),
        (b'{"a": "x\\u0000"}', "a", "holds a null byte"),
    ],
)
def test_lines_that_cannot_be_used(tmp_path, line, column, reason):
    path = put(tmp_path, "a.jsonl", b'{"a": "before", "b": 1}\n' + line + b'\n{"a": "behind"}\n')
    found, rejects = read(path, "a", "b", ids=("a",))
    assert found == [(1, "before", "1"), (3, "behind", None)]
    assert [(reject.row, reject.column) for reject in rejects.rows] == [(2, column)]
    assert reason in rejects.rows[0].reason


def test_a_key_may_be_missing_on_some_lines_but_not_on_all(tmp_path):
    assert read(put(tmp_path, "a.jsonl", '{"a": 1}\n{"a": 2, "b": 3}\n'), "a", "b")[0] == [
        (1, "1", None),
        (2, "2", "3"),
    ]
    with pytest.raises(DataError, match=r"column 'b': no such column\n  hint: the file has: 'a', 'c'"):
        read(put(tmp_path, "b.jsonl", '{"a": 1}\n{"c": 2}\n'), "a", "b")


def test_an_id_missing_from_the_whole_first_batch_is_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("tilth.data.batch.BATCH_ROWS", 2)
    path = put(tmp_path, "a.jsonl", '{"a": 1}\n{"a": 2}\n{"a": 3, "b": 4}\n')
    assert read(path, "a", "b", ids=("a",))[0] == [(1, "1", None), (2, "2", None), (3, "3", "4")]
    with pytest.raises(DataError, match="column 'b'"):
        read(path, "a", "b", ids=("a", "b"))


def test_empty_files_and_other_encodings(tmp_path):
    for content in (b"", b"\n \n"):
        with pytest.raises(DataError, match="the file is empty"):
            read(put(tmp_path, "a.jsonl", content), "a")
    with pytest.raises(DataError, match="is UTF-16"):
        read(put(tmp_path, "a.jsonl", '{"a": 1}'.encode("utf-16")), "a")


def test_a_pretty_printed_array_rejects_every_line(tmp_path):
    found, rejects = read(put(tmp_path, "a.jsonl", '[\n  {"a": 1},\n  {"a": 2}\n]\n'), "a")
    assert found == [(3, "2")]
    assert [row for row, _, _ in brief(rejects)] == [1, 2, 4]
