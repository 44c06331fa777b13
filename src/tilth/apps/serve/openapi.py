"""The OpenAPI document, from the messages themselves: what is decoded and what is documented cannot differ."""

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from tilth.client.messages import (
    BatchReply,
    BatchRequest,
    ErrorReply,
    FilterReply,
    FilterRequest,
    ScoreReply,
    ScoreRequest,
    Versions,
)

Schema = dict[str, Any]

_COMPONENTS = "#/components/schemas/{name}"
_SAID = (BatchReply, BatchRequest, ErrorReply, FilterReply, FilterRequest, ScoreReply, ScoreRequest, Versions)
_REFUSALS = {
    "400": "the body is not JSON, or a header cannot be used",
    "401": "no key, or a wrong one",
    "413": "the body is too large",
    "415": "the body is not called JSON",
    "422": "a field is missing, unknown, of the wrong type or out of its range",
}
_EXAMPLE = {"context": "u001", "candidates": ["j002", {"title": "Night nurse", "text": "Rotating shifts."}]}


@cache
def document() -> Schema:
    """OpenAPI 3.1, as plain data."""
    schemas, components = msgspec.json.schema_components(_SAID, ref_template=_COMPONENTS)
    refs = dict(zip(_SAID, schemas, strict=True))

    def posted(summary: str, asked: type, answered: type, example: Schema) -> Schema:
        return {"post": _posted(summary, refs[asked], refs[answered], refs[ErrorReply], example)}

    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tilth",
            "version": version("tilth"),
            "summary": "Which of these candidates are bad for this context?",
        },
        "paths": {
            "/v1/filter": posted("Decide which candidates to keep", FilterRequest, FilterReply, _EXAMPLE),
            "/v1/filter/batch": posted(
                "Decide for several contexts at once", BatchRequest, BatchReply, {"requests": [_EXAMPLE]}
            ),
            "/v1/score": posted("Score candidates without deciding", ScoreRequest, ScoreReply, _EXAMPLE),
            "/healthz": {"get": _got("Whether the process lives", {"type": "object"})},
            "/readyz": {
                "get": _got("Whether it can answer, and from which versions", refs[Versions])
                | _unready(refs[ErrorReply], refs[Versions])
            },
            "/metrics": {"get": _text("Prometheus metrics of all workers")},
        },
        "components": {"schemas": components, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _posted(summary: str, asked: Schema, answered: Schema, error: Schema, example: Schema) -> Schema:
    refusals = {status: _response(what, error) for status, what in _REFUSALS.items()}
    return {
        "summary": summary,
        "security": [{}, {"key": []}],
        "parameters": [
            _header("Tilth-Deadline-Ms", "Candidates not scored by then are kept.", {"type": "number", "minimum": 0}),
            _header("X-Request-Id", "Named in logs and in the reply.", {"type": "string", "pattern": "^[!-~]{1,128}$"}),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked, "example": example}}},
        "responses": {"200": _response("answered", answered), **refusals},
    }


def _got(summary: str, answered: Schema) -> Schema:
    return {"summary": summary, "responses": {"200": _response("yes", answered)}}


def _unready(error: Schema, versions: Schema) -> Schema:
    return {"responses": {"200": _response("yes", versions), "503": _response("starting or stopping", error)}}


def _text(summary: str) -> Schema:
    text = {"text/plain": {"schema": {"type": "string"}}}
    return {"summary": summary, "responses": {"200": {"description": "text", "content": text}}}


def _response(what: str, schema: Schema) -> Schema:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _header(name: str, what: str, schema: Schema) -> Schema:
    return {"name": name, "in": "header", "required": False, "description": what, "schema": schema}
