"""The OpenAPI document as a page that needs nothing from elsewhere: no script, no font, no style sheet to load."""

import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_CONSTRAINTS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "maxProperties": "at most {} entries",
    "minimum": "from {:g}",
    "maximum": "to {:g}",
}


def render_page(document: dict[str, Any]) -> str:
    """The whole page as HTML; everything in it is escaped."""
    schemas = document["components"]["schemas"]
    return _template().render(
        document=document,
        operations=[
            (path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ],
        schemas={name: schemas[name] for name in sorted(schemas)},
    )


@cache
def _template() -> Any:
    environment = Environment(loader=PackageLoader("tilth.apps.serve"), autoescape=True, undefined=StrictUndefined)
    environment.filters.update(kind=kind_text, pretty=lambda value: json.dumps(value, indent=2), name=ref_name)
    return environment.get_template("page.html.j2")


def ref_name(schema: dict[str, Any]) -> str:
    """The component that a schema refers to, or an empty text."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def kind_text(schema: dict[str, Any]) -> str:
    """A schema in a few words, such as `list of string or Entity, at most 1000`."""
    if "$ref" in schema:
        return ref_name(schema)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_text(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(value) for value in schema["enum"])
    limits = [text.format(schema[key]) for key, text in _CONSTRAINTS.items() if key in schema]
    base = str(schema.get("type", "anything"))
    if base == "array":
        base = f"list of {kind_text(schema.get('items', {}))}"
    elif base == "object" and isinstance(schema.get("additionalProperties"), dict):
        base = f"mapping to {kind_text(schema['additionalProperties'])}"
    return ", ".join([base, *limits])
