"""From a model's text to an answer that fits the schema, or a reason that the model can act on."""

import json
import re
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from tilth.errors import ConfigError, TilthError
from tilth.llm.canonical import canonical_json
from tilth.llm.reply import Reply
from tilth.llm.strictjson import DECODER, NotStrictError, check_text
from tilth.llm.text import shorten

_REASON_CHARS = 200
_MAX_FAILED_STARTS = 1000  # each costs a look at the text before it, to say where reading failed
_MAX_CANDIDATES = 32
_OBJECT_START = re.compile(r"\{(?=\s*[\"}])")
_BRACE = re.compile(r"[{}]")
_THINKING_END = "</think>"


class AnswerError(TilthError):
    """An answer that cannot be used. `reason` is one short sentence for the model and for the record."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def compile_schema(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator for the schema, built once per distinct schema.

    Raises:
        ConfigError: the schema itself is wrong.
    """
    return _compiled(canonical_json(schema))


@lru_cache(maxsize=64)
def _compiled(schema_json: str) -> Draft202012Validator:
    try:
        return Draft202012Validator(json.loads(schema_json), retriever=_retrieve_nothing)
    except ValidationError as exc:
        raise ConfigError(f"the schema of the answer is not a JSON schema: {shorten(exc.message, 300)}") from exc


def _retrieve_nothing(uri: str) -> Any:
    """A `$ref` never reaches out to the network."""
    raise ValueError(f"'{uri}' is not part of the schema")


def read_reply(reply: Reply, validator: Draft202012Validator | None) -> dict[str, Any] | None:
    """The answer in a reply; None where no schema was asked for and the text is the answer.

    Raises:
        AnswerError: refused, cut off, filtered, not JSON, or off the schema.
    """
    if reply.refusal:
        raise AnswerError(f"the model refused: {shorten(reply.refusal, _REASON_CHARS)}")
    if reply.finish_reason == "length":
        raise AnswerError("the answer was cut off at the token limit; keep it shorter")
    if reply.finish_reason == "content_filter":
        raise AnswerError("the answer was stopped by the provider's content filter")
    return None if validator is None else parse_answer(reply.text, validator)


def parse_answer(text: str, validator: Draft202012Validator) -> dict[str, Any]:
    """The one JSON object in `text` that fits the schema, be it bare, in a code fence or amid prose.

    The work is linear in the length of the text, whatever is in it. Several objects that fit and differ are an error:
    which one is meant would be a guess.

    Raises:
        AnswerError: none fits, or more than one.
    """
    text = text.rpartition(_THINKING_END)[2]
    try:
        if (bare := _bare_object(text)) is not None and validator.is_valid(bare):
            check_text(text, bare)
            return bare
        candidates = _objects_in(text)
        fitting = [value for value in candidates if validator.is_valid(value)]
        if not fitting:
            raise AnswerError(_why_none(text, candidates, validator))
        if any(canonical_json(value) != canonical_json(fitting[0]) for value in fitting[1:]):
            raise AnswerError("it holds several different JSON objects; give exactly one")
        check_text(text, fitting[-1])
    except NotStrictError as exc:
        raise AnswerError(str(exc)) from exc
    except RecursionError as exc:
        raise AnswerError("the JSON is nested too deeply") from exc
    return fitting[-1]


def _bare_object(text: str) -> dict[str, Any] | None:
    """The text as one object, as nearly every answer is; None where it is anything else."""
    if not text.startswith("{"):
        return None
    try:
        value, end = DECODER.raw_decode(text)
    except json.JSONDecodeError:
        return None
    return value if end == len(text) else None


def _objects_in(text: str) -> list[dict[str, Any]]:
    """The last few outermost objects of the text, in order."""
    found: deque[dict[str, Any]] = deque(maxlen=_MAX_CANDIDATES)
    failed = at = 0
    while failed < _MAX_FAILED_STARTS and (start := _OBJECT_START.search(text, at)):
        try:
            value, at = DECODER.raw_decode(text, start.start())
            found.append(value)
        except json.JSONDecodeError:
            failed, at = failed + 1, _end_of_broken(text, start.start())
    return list(found)


def _end_of_broken(text: str, start: int) -> int:
    """Where the unreadable object at `start` closes, by counting braces; the end of the text if it never does.

    Skipping the whole of it keeps the work linear, and an object inside a broken one from passing for the answer.
    """
    depth = 0
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return brace.end()
    return len(text)


def _why_none(text: str, candidates: list[dict[str, Any]], validator: Draft202012Validator) -> str:
    if candidates:
        return _mismatch(candidates[-1], validator)
    if not text.strip():
        return "the answer is empty"
    try:
        DECODER.decode(text)
    except json.JSONDecodeError as exc:
        if text.lstrip().startswith(("{", "```")):
            return f"the JSON cannot be read: {exc.msg} (line {exc.lineno}, column {exc.colno})"
        return "it holds no readable JSON object"
    return "it is JSON, but not an object"


def _mismatch(value: dict[str, Any], validator: Draft202012Validator) -> str:
    error = min(validator.iter_errors(value), key=lambda one: len(one.instance_path), default=None)
    if error is None:
        return "it does not fit the schema"
    place = ".".join(str(step) for step in error.instance_path)
    return shorten(f"{place}: {error.message}" if place else error.message, _REASON_CHARS)
