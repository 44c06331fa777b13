"""When two values are the same, what answers agree on, and what becomes of what exists."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.data.cells import as_cell, from_cell
from tilth.enrich import AttributeConfig
from tilth.enrich.attributes import row_schema
from tilth.enrich.schema import arrow_schema
from tilth.enrich.values import (
    ANSWERS,
    ASKED,
    CLAIMED,
    ERROR,
    BadValueError,
    agree,
    agreement_of,
    claim_of,
    existing_values,
    merge,
    names_to_ask,
    parse_value,
    read_schema,
    same,
    sure_values,
    value_text,
)
from tilth.records import ENTITY_SCHEMA, Entities

TEXT = AttributeConfig(type="text")
PAY = AttributeConfig(type="number", tolerance=0.05)
LEVEL = AttributeConfig(type="category", values=["junior", "mid level"])
SKILLS = AttributeConfig(type="list")
FLAG = AttributeConfig(type="boolean")
WANTED = {"city": TEXT, "pay": PAY, "skills": SKILLS}


@pytest.mark.parametrize(
    ("attribute", "left", "right", "alike"),
    [
        (TEXT, "Front-End  developer", "front end Developer", True),
        (TEXT, "Zürich", "zurich", True),
        (TEXT, "C++", "C", False),
        (TEXT, "Tacoma, WA", "Tacoma", False),
        (AttributeConfig(type="text", match="words"), "Tacoma, WA", "tacoma", True),
        (AttributeConfig(type="text", match="words"), "Tacoma", "Seattle", False),
        (AttributeConfig(type="text", match="words"), "!", "?", False),
        (PAY, 100.0, 95.0, True),
        (PAY, 100.0, 94.9, False),
        (AttributeConfig(type="number"), 0.1 + 0.2, 0.3, True),
        (SKILLS, ["SQL", "excel"], ["Excel", "sql"], True),
        (SKILLS, ["sql"], ["sql", "excel"], False),
        (FLAG, True, True, True),
        (FLAG, True, False, False),
    ],
)
def test_when_two_values_are_the_same(attribute: AttributeConfig, left: Any, right: Any, alike: bool) -> None:
    assert same(attribute, left, right) is alike
    assert same(attribute, right, left) is alike


@pytest.mark.parametrize(
    ("attribute", "text", "value"),
    [
        (PAY, " 40000 ", 40_000.0),
        (FLAG, "Yes", True),
        (FLAG, "0", False),
        (LEVEL, "Mid-Level", "mid level"),
        (SKILLS, "sql | excel|", ["sql", "excel"]),
        (TEXT, " oslo", "oslo"),
        (AttributeConfig(type="list", values=["Day", "Night"]), "day|NIGHT", ["Day", "Night"]),
    ],
)
def test_cells_are_read_as_values_and_written_back(attribute: AttributeConfig, text: str, value: Any) -> None:
    assert parse_value(attribute, text) == value
    assert parse_value(attribute, value_text(value)) == value


@pytest.mark.parametrize(
    ("attribute", "text", "reason"),
    [
        (PAY, "$40k", "is not a number"),
        (PAY, "nan", "is not a number"),
        (PAY, "1e999", "is not a number"),
        (FLAG, "maybe", "is neither true nor false"),
        (LEVEL, "senior", "is not one of junior, mid level"),
        (AttributeConfig(type="list", values=["day"]), "day|noon", "is not one of day"),
    ],
)
def test_cells_that_are_no_value_say_why(attribute: AttributeConfig, text: str, reason: str) -> None:
    with pytest.raises(BadValueError, match=reason):
        parse_value(attribute, text)


@given(st.text(st.sampled_from("'=+-@a \t"), max_size=6))
def test_cells_come_back_as_they_were_and_are_no_formulas(text: str) -> None:
    cell = as_cell(text)
    assert from_cell(cell) == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def answer(entity: str = "a", error: str | None = None, claimed: float | None = None, **said: Any) -> dict[str, Any]:
    values = {"city": None, "pay": None, "skills": [], **said} if error is None else {}
    return {"id": entity, ERROR: error, ASKED: list(WANTED), CLAIMED: dict.fromkeys(WANTED, claimed), **values}


def agreed(*answers: dict[str, Any]) -> list[dict[str, Any]]:
    return agree(WANTED, pa.Table.from_pylist(list(answers), schema=row_schema(WANTED))).to_pylist()


def test_most_answers_win_and_their_share_is_the_agreement() -> None:
    (row,) = agreed(
        answer(city="Oslo", pay=100.0, skills=["SQL", "excel"], claimed=0.8),
        answer(city="bergen", pay=97.0, skills=["sql"], claimed=0.5),
        answer(city="oslo", pay=None, skills=["sql", "word"], claimed=0.6),
    )
    assert (row["city"], row[agreement_of("city")]) == ("Oslo", 2 / 3)
    assert row[claim_of("city")] == pytest.approx(0.7), "the mean claim of the two that say Oslo"
    assert (row["pay"], row[agreement_of("pay")]) == (100.0, 2 / 3), "97 is within 5 % of 100"
    assert (row["skills"], row[agreement_of("skills")]) == (["SQL"], [1.0]), "one of three is no majority"
    assert row[ANSWERS] == 3


def test_null_competes_and_of_equals_the_first_wins() -> None:
    (row,) = agreed(answer(city="oslo"), answer(), answer())
    assert (row["city"], row[agreement_of("city")]) == (None, None)
    (row,) = agreed(answer(city="oslo"), answer(city="bergen"))
    assert (row["city"], row[agreement_of("city")]) == ("oslo", 0.5)


def test_an_answer_that_failed_agrees_with_none_and_an_entity_fails_only_with_all() -> None:
    rows = agreed(
        answer(error="refused"),
        answer(city="oslo"),
        answer("b", error="refused"),
        answer("b", error="cut off"),
        answer(city="oslo"),
    )
    assert [row["id"] for row in rows] == ["a"]
    assert rows[0][agreement_of("city")] == pytest.approx(2 / 3)


def test_one_answer_agrees_with_nothing() -> None:
    rows = agreed(answer(city="oslo", claimed=0.9), answer("b", error="refused"))
    assert [(row["id"], row["city"], row[agreement_of("city")], row[claim_of("city")]) for row in rows] == [
        ("a", "oslo", None, 0.9)
    ]


def read_table(*rows: dict[str, Any]) -> pa.Table:
    base = {ASKED: list(WANTED), ANSWERS: 3, "skills": []}
    return pa.Table.from_pylist([base | row for row in rows], schema=read_schema(WANTED))


def test_what_is_not_sure_enough_becomes_null_and_is_listed() -> None:
    table = read_table(
        {
            "id": "a",
            "city": "oslo",
            agreement_of("city"): 0.5,
            "skills": ["x", "y"],
            agreement_of("skills"): [1.0, 0.6],
        },
        {"id": "b", "city": "bergen", claim_of("city"): 0.9, "skills": ["z"], claim_of("skills"): 0.2},
        {"id": "c", "city": "narvik"},
    )
    city = sure_values("city", TEXT, table, 0.7)
    assert city.values == [None, "bergen", None], "without any confidence a value does not stay either"
    assert [(one.id, one.value, one.confidence) for one in city.unsure] == [("a", "oslo", 0.5), ("c", "narvik", None)]
    skills = sure_values("skills", SKILLS, table, 0.7)
    assert skills.values == [["x"], [], []]
    assert [(one.id, one.value) for one in skills.unsure] == [("a", "y"), ("b", "z")]
    assert sure_values("city", TEXT, table).values == ["oslo", "bergen", "narvik"]


def catalog(*rows: dict[str, Any]) -> Entities:
    fields = [*ENTITY_SCHEMA, pa.field("pay", pa.string()), pa.field("city", pa.string())]
    texts = [{"title": "", "text": "", **row} for row in rows]
    return Entities("item", pa.Table.from_pylist(texts, schema=pa.schema(fields)))


def test_only_what_is_missing_or_cannot_be_read_is_asked_about() -> None:
    items = catalog({"id": "a", "pay": "1", "city": "x"}, {"id": "b", "pay": "?"}, {"id": "c", "pay": "2", "city": " "})
    existing = {name: existing_values(WANTED[name], items.table[name]) for name in ("pay", "city")}
    asked = names_to_ask(WANTED, existing, 3).to_pylist()
    assert asked == [["skills"], ["city", "pay", "skills"], ["city", "skills"]]
    eager = {**WANTED, "pay": AttributeConfig(type="number", only_missing=False)}
    assert names_to_ask(eager, existing, 3).to_pylist()[0] == ["pay", "skills"]


def test_what_exists_is_never_overwritten_unless_somebody_said_so() -> None:
    items = catalog(
        {"id": "a", "pay": "100"},
        {"id": "b", "pay": "100"},
        {"id": "c"},
        {"id": "d", "pay": "a lot"},
        {"id": "e", "pay": "7"},
    )
    existing = {"pay": existing_values(PAY, items.table["pay"])}
    read = read_table(
        *(
            {"id": one, "pay": pay, agreement_of("pay"): 1.0}
            for one, pay in zip("abcd", (98.0, 50.0, 30.0, 20.0), strict=True)
        )
    )
    merged = merge(WANTED, read, items, existing)
    assert merged.table.schema == arrow_schema(WANTED)
    assert dict(zip(merged.table["id"].to_pylist(), merged.table["pay"].to_pylist(), strict=True)) == {
        "a": 100.0, "b": 100.0, "c": 30.0, "d": None, "e": 7.0,
    }  # fmt: skip
    assert [(one.id, one.existing, one.read, one.reason) for one in merged.conflicts] == [
        ("b", "100", "50", "differs"),
        ("d", "a lot", "20", "the existing value is not a number"),
    ]
    assert merged.existing == {"pay": 3}
    said = {("item", "b", "pay"): ("100", "50", "read"), ("item", "d", "pay"): ("a lot", "19", "read")}
    merged = merge(WANTED, read, items, existing, resolutions=said)
    assert merged.table["pay"].to_pylist()[:4] == [100.0, 50.0, 30.0, None], "that of d was about another value"
    assert [one.resolution for one in merged.conflicts] == ["read", ""]
