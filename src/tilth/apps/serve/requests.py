"""What a request's headers, parameters and body say. Every function raises RequestError where they cannot be used."""

import re
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from tilth.apps.serve.config import KeyConfig
from tilth.apps.serve.keys import owner
from tilth.apps.serve.problems import RequestError, invalid
from tilth.client.messages import BatchRequest, FilterRequest, ScoreRequest, SuggestRequest, UnderstandRequest

DEADLINE = "tilth-deadline-ms"
REQUEST_ID = "x-request-id"
_NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,20})?([eE]\+?[0-9]{1,2})?")
_PLAIN_ID = re.compile(r"[\x21-\x7e]{1,128}")

Asked = TypeVar("Asked", FilterRequest, ScoreRequest, BatchRequest)
Parameters = TypeVar("Parameters", SuggestRequest, UnderstandRequest)
Headers = Mapping[str, str]
MAX_PARAMETERS = 100
"""More are not even read."""


def list_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that hold a list: parameters that may be given several times."""
    kinds = {one.encode_name: msgspec.inspect.type_info(one.type) for one in msgspec.structs.fields(kind)}
    return frozenset(name for name, found in kinds.items() if isinstance(found, msgspec.inspect.ListType))


_DECODERS: dict[type, Any] = {kind: msgspec.json.Decoder(kind) for kind in (FilterRequest, ScoreRequest, BatchRequest)}
_LISTS: dict[type, frozenset[str]] = {kind: list_fields(kind) for kind in (SuggestRequest, UnderstandRequest)}


def request_id(headers: Headers, fresh: str) -> str:
    """The caller's own id where it sent one, so that its logs and ours can be put side by side."""
    given = headers.get(REQUEST_ID)
    if given is None:
        return fresh
    if not _PLAIN_ID.fullmatch(given):
        raise RequestError(400, "invalid_header", "must be 1 to 128 visible ASCII characters", REQUEST_ID)
    return given


def named_key(headers: Headers, keys: Sequence[KeyConfig]) -> str | None:
    """Whose key was sent; None where the server asks for none."""
    if not keys:
        return None
    kind, _, given = headers.get("authorization", "").partition(" ")
    name = owner(given.strip(), keys) if kind.lower() == "bearer" else None
    if name is None:
        what = "send a valid key as `Authorization: Bearer ...`"
        raise RequestError(401, "unauthorized", what, "authorization", {"www-authenticate": "Bearer"})
    return name


def deadline(headers: Headers, default_ms: float | None, started: float) -> float | None:
    """The `time.perf_counter()` until which to answer: the caller's wish or the setting, whichever is sooner."""
    given = headers.get(DEADLINE)
    if given is None:
        return None if default_ms is None else started + default_ms / 1000
    asked = float(given) if _NUMBER.fullmatch(given) else float("nan")
    if not 0 <= asked <= 3_600_000:
        raise RequestError(400, "invalid_header", "must be milliseconds, 0 to 3,600,000", DEADLINE)
    return started + (asked if default_ms is None else min(asked, default_ms)) / 1000


def parameters(query: bytes, kind: type[Parameters]) -> Parameters:
    """What stands behind the `?` of a GET: form-encoded UTF-8, each parameter once unless it is a list, and none that
    there is not."""
    if query.count(b"&") >= MAX_PARAMETERS:
        raise RequestError(400, "malformed_query", f"more than {MAX_PARAMETERS} parameters")
    try:
        pairs = urllib.parse.parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as exc:  # UnicodeDecodeError is one
        raise RequestError(400, "malformed_query", "the parameters must be form-encoded UTF-8") from exc
    lists, given = _LISTS[kind], dict[str, list[str]]()
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    if any(len(values) > 1 and name not in lists for name, values in given.items()):
        raise RequestError(422, "invalid_request", "each parameter is given once")
    try:
        found = {name: values if name in lists else values[0] for name, values in given.items()}
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as exc:
        raise invalid(exc) from exc


def decoded(headers: Headers, body: bytes, kind: type[Asked]) -> Asked:
    content_type = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise RequestError(415, "unsupported_media_type", "send `Content-Type: application/json`", "content-type")
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        what = f"a body in Content-Encoding {encoding[:40]} is not read; send it plain"
        raise RequestError(415, "unsupported_media_type", what, "content-encoding")
    try:
        return _DECODERS[kind].decode(body)
    except msgspec.ValidationError as exc:
        raise invalid(exc) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise RequestError(400, "malformed_json", f"the body is not JSON: {exc}") from exc
