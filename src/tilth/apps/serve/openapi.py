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
    Served,
    SuggestReply,
    SuggestRequest,
    UnderstandReply,
    UnderstandRequest,
    Versions,
)

Schema = dict[str, Any]

_COMPONENTS = "#/components/schemas/{name}"
_SAID = (
    BatchReply,
    BatchRequest,
    ErrorReply,
    FilterReply,
    FilterRequest,
    ScoreReply,
    ScoreRequest,
    Served,
    SuggestReply,
    UnderstandReply,
    Versions,
)
_REFUSALS = {
    "400": "the body is not JSON, or a header or the parameters cannot be used",
    "401": "no key, or a wrong one",
    "413": "the body is too large",
    "415": "the body is not called JSON",
    "422": "a field is missing, unknown, of the wrong type or out of its range",
    "503": "this server has no such part",
}
_SUGGEST = {
    "q": "What was typed so far; empty: what is offered before the first letter.",
    "context_id": "Who asks: moves suggestions where the entity store knows it.",
    "limit": "How many suggestions; at most [serve.suggest] max_limit are given.",
    "history": "What the same person searched for before, newest first; repeat it for each. Written down nowhere.",
}
_UNDERSTAND = {"q": "A whole query."}
_HEADERS = [
    ("Tilth-Deadline-Ms", "What is not done by then is left out.", {"type": "number", "minimum": 0}),
    ("X-Request-Id", "Named in logs and in the reply.", {"type": "string", "pattern": "^[!-~]{1,128}$"}),
]
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
            "summary": "Which of these candidates are bad for this context? What may somebody be about to search for? "
            "What does a query ask for?",
        },
        "paths": {
            "/v1/filter": posted("Decide which candidates to keep", FilterRequest, FilterReply, _EXAMPLE),
            "/v1/filter/batch": posted(
                "Decide for several contexts at once", BatchRequest, BatchReply, {"requests": [_EXAMPLE]}
            ),
            "/v1/score": posted("Score candidates without deciding", ScoreRequest, ScoreReply, _EXAMPLE),
            "/v1/suggest": {
                "get": _asked(
                    "Suggest queries and items for what was typed",
                    SuggestRequest,
                    _SUGGEST,
                    refs[SuggestReply],
                    refs[ErrorReply],
                )
            },
            "/v1/understand": {
                "get": _asked(
                    "Say what a query asks for",
                    UnderstandRequest,
                    _UNDERSTAND,
                    refs[UnderstandReply],
                    refs[ErrorReply],
                )
            },
            "/healthz": {"get": _got("Whether the process lives", {"type": "object"})},
            "/readyz": {
                "get": _got("Whether it can answer, and from which versions", refs[Served])
                | _unready(refs[ErrorReply], refs[Served])
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
        "parameters": [_parameter("header", *one) for one in _HEADERS],
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked, "example": example}}},
        "responses": {"200": _response("answered", answered), **refusals},
    }


def _asked(summary: str, asked: type, said: dict[str, str], answered: Schema, error: Schema) -> Schema:
    """A GET; its parameters are the fields of the request that they are read into, with what is `said` of each."""
    fields = msgspec.json.schema_components([asked])[1][asked.__name__]
    needed = fields["required"]
    parameters = [
        _parameter("query", name, what, fields["properties"][name], required=name in needed)
        for name, what in said.items()
    ]
    refusals = {status: _response(_REFUSALS[status], error) for status in ("400", "401", "422", "503")}
    return {
        "summary": summary,
        "security": [{}, {"key": []}],
        "parameters": [*parameters, *(_parameter("header", *one) for one in _HEADERS)],
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


def _parameter(place: str, name: str, what: str, schema: Schema, *, required: bool = False) -> Schema:
    return {"name": name, "in": place, "required": required, "description": what, "schema": schema}
