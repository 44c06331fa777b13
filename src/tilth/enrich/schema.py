"""A closed attribute schema, as JSON schema for the LLM and as Arrow types for what it answers."""

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa

from tilth.enrich.config import AttributeConfig, EnrichConfig
from tilth.errors import ConfigError

JSON_TYPES = {"text": "string", "number": "number", "boolean": "boolean", "category": "string"}
ARROW_TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "category": pa.string(),
    "list": pa.list_(pa.string()),
}
CLAIMS = "confidence"
"""The field of an answer that claims are made in."""
PREFIX = "tilth:"
"""Of columns beside the attributes."""
MAX_REPEATS = 20


def check_attributes(attributes: Mapping[str, AttributeConfig], section: str) -> None:
    """Raises:
    ConfigError: a category without values, values on a type that has none, a reserved name, or a tolerance or match
        that the type has no use for.
    """
    for name, attribute in attributes.items():
        place = f"[{section}.{name}]"
        if name == "id" or name.startswith(PREFIX):
            raise ConfigError(f"{place}: '{name}' is taken; choose another name")
        if attribute.type == "category" and not attribute.values:
            raise ConfigError(f"{place}: a category needs its values listed")
        if attribute.values and attribute.type not in ("category", "list"):
            raise ConfigError(f"{place}: type '{attribute.type}' has no list of values")
        if not 0 <= attribute.tolerance < 1 or (attribute.tolerance and attribute.type != "number"):
            raise ConfigError(f"{place}: tolerance is a share of a number, 0 or more and below 1")
        if attribute.match == "words" and attribute.type not in ("text", "list"):
            raise ConfigError(f"{place}: match = \"words\" is for text and lists, not for type '{attribute.type}'")


def check_confidence(config: EnrichConfig) -> None:
    """Raises:
    ConfigError: a setting out of range or in each other's way, or `min_confidence` without anything that measures it.
    """
    if not 1 <= config.repeats <= MAX_REPEATS:
        raise ConfigError(f"[enrich] repeats must lie between 1 and {MAX_REPEATS}, not {config.repeats}")
    if not 0 < config.repeat_temperature <= 2:
        raise ConfigError(f"[enrich] repeat_temperature must be above 0, at most 2, not {config.repeat_temperature}")
    if not 0 <= config.min_confidence <= 1:
        raise ConfigError(f"[enrich] min_confidence must lie between 0 and 1, not {config.min_confidence}")
    if config.ask_confidence and (CLAIMS in config.context or CLAIMS in config.item):
        raise ConfigError(f"[enrich] ask_confidence takes the name '{CLAIMS}'\n  hint: rename the attribute")
    if config.min_confidence and config.repeats == 1 and not config.ask_confidence:
        hint = "set repeats = 3, which measures it, or ask_confidence = true, which has the LLM claim it"
        raise ConfigError(f"[enrich] min_confidence needs a confidence\n  hint: {hint}")


def existing_columns(attributes: Mapping[str, AttributeConfig], kept: Collection[str], section: str) -> dict[str, str]:
    """By attribute, the column of the catalog that holds it: the one it names, else a kept one of its own name.

    Raises:
        ConfigError: it names one that is not among the `kept`.
    """
    found: dict[str, str] = {}
    for name, attribute in attributes.items():
        column = name if attribute.existing is None else attribute.existing
        if column in kept:
            found[name] = column
        elif attribute.existing:
            hint = f'keep = ["{column}"] under [data.{section.rpartition(".")[2]}s]'
            raise ConfigError(f"[{section}.{name}] existing: the column '{column}' is not kept\n  hint: {hint}")
    return found


def json_schema(attributes: Mapping[str, AttributeConfig], *, claims: bool = False) -> dict[str, Any]:
    """Every attribute required, every one but lists nullable: 'not stated' is an answer of its own. With `claims`
    there is a further field `CLAIMS` with a number for each attribute."""
    properties = {name: _property(attribute) for name, attribute in attributes.items()}
    if claims:
        properties[CLAIMS] = _closed({name: {"type": ["number", "null"]} for name in attributes})
    return _closed(properties)


def arrow_schema(attributes: Mapping[str, AttributeConfig]) -> pa.Schema:
    fields = [pa.field(name, ARROW_TYPES[attribute.type]) for name, attribute in attributes.items()]
    return pa.schema([pa.field("id", pa.string(), nullable=False), *fields])


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


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
