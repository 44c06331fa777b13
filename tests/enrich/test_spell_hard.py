"""Hard cases, the question about them, and what is learned from answers."""

import json
from typing import Any

import pyarrow as pa
from spell_world import speller

from tilth.artifacts.speller import FixedQuery
from tilth.enrich import Reader
from tilth.enrich.spell import (
    HARD_SCHEMA,
    hard_cases,
    learn_from,
    questions,
    spelling_prompt,
    with_exceptions,
    without_source,
)
from tilth.llm import Answer, Request, Usage

SPELLER = speller()
READER = Reader("cheap", "model-1", "http://reader/v1", {"temperature": 0.0})
TRAFFIC = [("garden hoes", 5.0), ("counter top", 9.0), ("tiolet seat", 99.0), ("toilet", 50.0), ("zyxle router", 1.0)]


def answered(query: str, value: dict[str, Any] | None, error: str | None = None) -> Answer:
    request = Request(model="m", messages=(), key=(query,))
    return Answer(request, value, error, None, Usage(None, None), None, None, False, 1)


def test_hard_cases_are_those_near_the_threshold_by_traffic() -> None:
    found = hard_cases(SPELLER, TRAFFIC, within=1.8)
    assert found.schema == HARD_SCHEMA
    assert found["query"].to_pylist() == ["counter top", "garden hoes", "zyxle router"]
    rows = found.to_pylist()
    assert rows[0]["candidates"] == ["countertop"]
    assert rows[0]["corrected"] == "counter top"
    assert -1.8 < rows[0]["margin"] < 0 < rows[2]["margin"] < 1.8
    assert rows[2]["corrected"] == "zyxel router"
    assert hard_cases(SPELLER, TRAFFIC, within=1.8, limit=1)["query"].to_pylist() == ["counter top"]


def test_what_an_exception_settles_is_not_asked_again() -> None:
    settled = with_exceptions(SPELLER, [FixedQuery("counter top", None, "model:a")])
    assert hard_cases(settled, TRAFFIC, within=1.8)["query"].to_pylist() == ["garden hoes", "zyxle router"]
    assert hard_cases(SPELLER, []).num_rows == 0


def test_the_prompt_is_versioned() -> None:
    prompt = spelling_prompt()
    assert (prompt.id, prompt.version) == ("query-spelling", "1")
    assert prompt.digest.startswith("168efb6a499d")


def test_one_question_a_row_with_the_query_as_data() -> None:
    rows = [{"query": 'a "b"', "weight": 1.0, "corrected": "a", "margin": 0.1, "candidates": ["a c", "b"]}]
    (request,) = questions(spelling_prompt(), READER, pa.Table.from_pylist(rows, schema=HARD_SCHEMA))
    assert json.loads(request.messages[1].content) == {"query": 'a "b"', "candidates": ["a c", "b"]}
    assert (request.key, request.model, request.schema_name) == (('a "b"',), "model-1", "spelling")
    assert request.messages[0].content == spelling_prompt().system
    assert request.schema is not None
    assert request.schema["required"] == ["verdict", "text"]


def test_answers_become_exceptions_with_their_source() -> None:
    learned = learn_from(
        [
            answered("garden hoes", {"verdict": "correct", "text": "garden hose"}),
            answered("counter top", {"verdict": "leave", "text": None}),
            answered("zyxle", {"verdict": "correct", "text": "zyxle"}),
            answered("wat", {"verdict": "unsure", "text": None}),
            answered("lost", None, "refused"),
        ],
        "model:cheap",
    )
    assert learned.fixed == (
        FixedQuery("garden hoes", "garden hose", "model:cheap"),
        FixedQuery("counter top", None, "model:cheap"),
        FixedQuery("zyxle", None, "model:cheap"),
    )
    assert (learned.refused, learned.unsure) == ((("lost", "refused"),), ("wat",))
    taught = with_exceptions(SPELLER, learned.fixed)
    assert taught.correct("garden hoes").text == "garden hose"
    assert without_source(taught, "model:cheap").correct("garden hoes").text == "garden hoes"
    assert without_source(taught, "model:other").tables == taught.tables


def test_text_that_cannot_be_a_correction_is_refused() -> None:
    for query, text in (
        ("dv7 lapto", "dv8 laptop"),
        ("12 lapto", "laptop"),
        ("lapto", "laptop " * 9),
        ("lapto", "laptop\x1b[31m"),
        ("lapto", "lap\ntop"),
        ("lapto", "  "),
        ("lapto", None),
        ("lapto 日本語", "laptop"),
    ):
        learned = learn_from([answered(query, {"verdict": "correct", "text": text})], "model:m")
        assert (learned.fixed, len(learned.refused)) == ((), 1), query
