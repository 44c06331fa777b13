"""Answers come out as an object that fits, or as a short reason."""

import contextlib
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from llm_helpers import GRADES

from tilth.errors import ConfigError
from tilth.llm import AnswerError, Reply, compile_schema, parse_answer
from tilth.llm.structured import read_reply

VALIDATOR = compile_schema(GRADES)
ANYTHING = compile_schema({"type": "object"})


def reason(text: str, validator=VALIDATOR) -> str:
    with pytest.raises(AnswerError) as caught:
        parse_answer(text, validator)
    assert len(caught.value.reason) <= 250
    return caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        '{"grade": 1}',
        '\n  {"grade": 1}\n',
        '```json\n{"grade": 1}\n```',
        'Sure!\n```\n{"grade": 1}\n```\nAnything else?',
        'I think the answer is {"grade": 1}, since pay fits.',
        'Use {braces} and {"other": 1} first. {"grade": 1}',
        '{"grade": 1} and once more {"grade":1.0}',
        '<think>maybe {"grade": 0}?</think>{"grade": 1}',
        '[{"grade": 1}]',
    ],
)
def test_finds_the_object(text):
    assert parse_answer(text, VALIDATOR) == {"grade": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("I would say one.", "no readable JSON object"),
        ("17", "not an object"),
        ("[1, 2]", "not an object"),
        ('{"grade": 1', "cannot be read"),
        ('{"grade": 1,}', "cannot be read"),
        ('{"grade": 2}', "grade: 2 is not one of 0 or 1"),
        ('{"why": "x"}', "is a required property"),
        ('{"grade": 1, "extra": 2}', "was unexpected"),
        ('{"grade": 0, "grade": 1}', "'grade' stands twice"),
        ('{"grade": NaN}', "NaN is not a JSON number"),
        ('{"grade": -Infinity}', "Infinity is not a JSON number"),
        ('{"grade": 1e999}', "too large"),
        ('{"grade": ' + "9" * 5000 + "}", "too large"),
        ('{"grade": 1} or {"grade": 0}', "several different"),
        ('{"grade": 1, "why": "\\ud800"}', "surrogate"),
        ('{"grade": 1, "why": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_says_what_is_wrong(text, said):
    assert said in reason(text)


def test_an_object_inside_a_broken_one_is_not_the_answer():
    assert "cannot be read" in reason('{"note": oops, "answer": {"grade": 1}}')
    assert "cannot be read" in reason('{"items": [{"grade": 1}, {"gra')


def test_a_long_value_does_not_make_a_long_reason():
    assert len(reason(json.dumps({"grade": "x" * 100_000}))) <= 200


@given(st.text() | st.text(alphabet='{}[]":,0a\\ntrue`-.eE \n', max_size=200))
@example('{"a":' * 5000)
@example('{"' * 5000)
@example("{}" * 100)
def test_arbitrary_text_gives_an_object_or_a_reason(text):
    try:
        value = parse_answer(text, ANYTHING)
    except AnswerError:
        return
    assert isinstance(value, dict)


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), max_size=4),
    st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"])),
    st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"])),
)
def test_any_object_is_found_in_any_prose_without_braces(value, before, after):
    before, after = before.replace("</think>", ""), after.replace("</think>", "")
    assert parse_answer(f"{before}{json.dumps(value)}{after}", ANYTHING) == value


@pytest.mark.parametrize(
    "unit",
    ["{", "}", '{"', '{"a":', '{"a":1},', '{"a":[', '{"\\"', "```", "```json\n", '{"a":"', "{ ", "[", '{"x":[{"a":1},'],
)
def test_a_megabyte_of_garbage_takes_linear_time(unit):
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    with contextlib.suppress(AnswerError):
        parse_answer(text, VALIDATOR)
    # A quadratic scan takes minutes; the bound only tells the two apart on a busy machine.
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply('{"grade": 1}', finish_reason="length"), "cut off"),
        (Reply("", refusal="I cannot help with that."), "refused: I cannot help"),
        (Reply("", finish_reason="content_filter"), "content filter"),
    ],
)
def test_cut_off_and_refused_are_called_so(reply, said):
    with pytest.raises(AnswerError, match=said):
        read_reply(reply, VALIDATOR)


def test_without_a_schema_the_text_is_the_answer():
    assert read_reply(Reply("free text"), None) is None


def test_a_validator_is_built_once_per_schema():
    assert compile_schema(dict(reversed(GRADES.items()))) is VALIDATOR


def test_a_wrong_schema_is_refused():
    with pytest.raises(ConfigError, match="not a JSON schema"):
        compile_schema({"type": "no such type"})
