"""Attribute schemas: what an LLM may answer, and the types it becomes."""

from typing import Any

import pyarrow as pa
import pytest
from jsonschema_rs import Draft202012Validator

from tilth.enrich import AttributeConfig, check_attributes
from tilth.enrich.schema import arrow_schema, json_schema
from tilth.errors import ConfigError

EVERY = {
    "city": AttributeConfig(type="text", description="home city"),
    "pay": AttributeConfig(type="number"),
    "remote": AttributeConfig(type="boolean"),
    "level": AttributeConfig(type="category", values=["junior", "senior"], ordered=True),
    "skills": AttributeConfig(type="list"),
    "shifts": AttributeConfig(type="list", values=["day", "night"]),
}
STATED = {"city": "oslo", "pay": 40_000, "remote": True, "level": "junior", "skills": ["sql"], "shifts": ["day"]}
SILENT = {"city": None, "pay": None, "remote": None, "level": None, "skills": [], "shifts": []}


def test_the_json_schema_is_closed_and_asks_for_everything() -> None:
    assert json_schema({"city": EVERY["city"], "level": EVERY["level"], "shifts": EVERY["shifts"]}) == {
        "type": "object",
        "properties": {
            "city": {"type": ["string", "null"], "description": "home city"},
            "level": {"type": ["string", "null"], "enum": ["junior", "senior", None]},
            "shifts": {"type": "array", "items": {"type": "string", "enum": ["day", "night"]}},
        },
        "required": ["city", "level", "shifts"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("answer", [STATED, SILENT, {**SILENT, "pay": 1.5}])
def test_what_is_stated_and_what_is_not_both_fit(answer: dict[str, Any]) -> None:
    Draft202012Validator(json_schema(EVERY)).validate(answer)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"level": "medium"},
        {"shifts": ["evening"]},
        {"shifts": None},
        {"skills": "sql"},
        {"pay": "40000"},
        {"pay": True},
        {"remote": "yes"},
        {"city": 3},
        {"further": 1},
    ],
)
def test_what_is_off_the_schema_does_not_fit(spoilt: dict[str, Any]) -> None:
    assert not Draft202012Validator(json_schema(EVERY)).is_valid({**STATED, **spoilt})


def test_a_missing_field_does_not_fit() -> None:
    validator = Draft202012Validator(json_schema(EVERY))
    for name in EVERY:
        assert not validator.is_valid({key: value for key, value in STATED.items() if key != name})


def test_the_arrow_types() -> None:
    schema = arrow_schema(EVERY)
    types = [pa.string(), pa.string(), pa.float64(), pa.bool_(), pa.string(), pa.list_(pa.string())]
    assert schema.names == ["id", *EVERY]
    assert schema.types == [*types, pa.list_(pa.string())]
    assert pa.Table.from_pylist([{"id": "a", **STATED}, {"id": "b", **SILENT}], schema=schema).num_rows == 2


@pytest.mark.parametrize(
    ("name", "attribute", "message"),
    [
        ("id", AttributeConfig(type="text"), r"\[enrich.item.id\]: 'id' is taken"),
        ("level", AttributeConfig(type="category"), r"\[enrich.item.level\]: a category needs its values"),
        ("pay", AttributeConfig(type="number", values=["1"]), r"\[enrich.item.pay\]: type 'number' has no list"),
        ("city", AttributeConfig(type="text", values=["x"]), "type 'text' has no list"),
        ("remote", AttributeConfig(type="boolean", values=["x"]), "type 'boolean' has no list"),
    ],
)
def test_attributes_that_make_no_sense_are_refused(name: str, attribute: AttributeConfig, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_attributes({name: attribute}, "enrich.item")


def test_attributes_that_make_sense_pass() -> None:
    check_attributes(EVERY, "enrich.item")
