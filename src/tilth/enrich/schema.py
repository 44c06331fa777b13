"""A closed attribute schema, as JSON schema for the LLM and as Arrow types for what it answers."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tilth.enrich.config import AttributeConfig
from tilth.errors import ConfigError

JSON_TYPES = {"text": "string", "number": "number", "boolean": "boolean", "category": "string"}
ARROW_TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "category": pa.string(),
    "list": pa.list_(pa.string()),
}


def check_attributes(attributes: Mapping[str, AttributeConfig], section: str) -> None:
    """Raises:
    ConfigError: a category without values, values on a type that has none, or the reserved name `id`.
    """
    for name, attribute in attributes.items():
        place = f"[{section}.{name}]"
        if name == "id":
            raise ConfigError(f"{place}: 'id' is taken; choose another name")
        if attribute.type == "category" and not attribute.values:
            raise ConfigError(f"{place}: a category needs its values listed")
        if attribute.values and attribute.type not in ("category", "list"):
            raise ConfigError(f"{place}: type '{attribute.type}' has no list of values")


def json_schema(attributes: Mapping[str, AttributeConfig]) -> dict[str, Any]:
    """Every attribute required, every one but lists nullable: 'not stated' is an answer of its own."""
    return {
        "type": "object",
        "properties": {name: _property(attribute) for name, attribute in attributes.items()},
        "required": list(attributes),
        "additionalProperties": False,
    }


def arrow_schema(attributes: Mapping[str, AttributeConfig]) -> pa.Schema:
    fields = [pa.field(name, ARROW_TYPES[attribute.type]) for name, attribute in attributes.items()]
    return pa.schema([pa.field("id", pa.string(), nullable=False), *fields])


def _property(attribute: AttributeConfig) -> dict[str, Any]:
    described = {"description": attribute.description} if attribute.description else {}
    if attribute.type == "list":
        items: dict[str, Any] = {"type": "string"}
        if attribute.values:
            items["enum"] = attribute.values
        return {"type": "array", "items": items, **described}
    schema: dict[str, Any] = {"type": [JSON_TYPES[attribute.type], "null"], **described}
    if attribute.type == "category":
        schema["enum"] = [*attribute.values, None]
    return schema
