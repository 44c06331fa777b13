"""What both clients share: from a call to a request, and from what came back to a result."""

import math
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from tilth.client.messages import (
    BatchReply,
    BatchRequest,
    Counts,
    Decision,
    Entity,
    ErrorReply,
    FilterReply,
    FilterRequest,
    Offered,
    ScoreReply,
    Served,
    SuggestReply,
    SuggestVersions,
    UnderstandReply,
    UnderstandVersions,
    Versions,
)
from tilth.errors import ConfigError, ServiceError

Reply = TypeVar("Reply", FilterReply, BatchReply, ScoreReply, SuggestReply, UnderstandReply, Served)

NOBODY = Versions("", "", None, "")


@dataclass(frozen=True)
class Settings:
    """Where the server is and how long it may take; `fail_open` keeps everything when it cannot be asked.

    Raises:
        ConfigError: the URL is none of http or https, or the time is none.
    """

    url: str
    key: str | None
    timeout_s: float
    fail_open: bool

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"'{self.url}' is no address of a server\n  hint: such as http://127.0.0.1:8765")
        if not 0 < self.timeout_s < math.inf:
            raise ConfigError(f"timeout_s must be a number of seconds above 0, not {self.timeout_s}")

    def headers(self, deadline_ms: float | None) -> dict[str, str]:
        found = {"Content-Type": "application/json"}
        if self.key is not None:
            found["Authorization"] = f"Bearer {self.key}"
        if deadline_ms is not None:
            found["Tilth-Deadline-Ms"] = f"{deadline_ms:.3f}"
        return found


@dataclass(frozen=True)
class Call:
    """One request as it goes over the wire; `body` None makes it a GET."""

    path: str
    body: bytes | None
    headers: Mapping[str, str]


def call(settings: Settings, path: str, asked: msgspec.Struct | None, deadline_ms: float | None = None) -> Call:
    body = None if asked is None else msgspec.json.encode(asked)
    return Call(path, body, settings.headers(deadline_ms))


def suggest_path(text: str, context_id: str | None, limit: int, history: Sequence[str]) -> str:
    """Raises:
    ConfigError: a text holds half of a surrogate pair, which no server could read, or the history is one text.
    """
    if isinstance(history, str):  # a text is a sequence too, of its letters
        raise ConfigError(f"history must be a list, not a text\n  hint: [{history[:80]!r}]")
    asked = [("q", text), ("limit", str(limit)), *(("history", query) for query in history)]
    return _path("/v1/suggest", asked if context_id is None else [*asked, ("context_id", context_id)])


def understand_path(query: str) -> str:
    """Raises ConfigError as `suggest_path`."""
    return _path("/v1/understand", [("q", query)])


def _path(route: str, asked: Sequence[tuple[str, str]]) -> str:
    try:
        return f"{route}?{urllib.parse.urlencode(asked)}"
    except UnicodeEncodeError as exc:
        raise ConfigError(f"{exc.object[:80]!a} is no text: {exc.reason}") from exc


def listed(candidates: Sequence[Offered]) -> list[Offered]:
    """Raises:
    ConfigError: it is one candidate and no list. A text is a sequence too, of its letters.
    """
    if isinstance(candidates, str | Entity):
        raise ConfigError(f"candidates must be a list, not {type(candidates).__name__}\n  hint: [{candidates!r}]")
    return list(candidates)


def result(status: int, body: bytes, kind: type[Reply]) -> Reply:
    """Raises:
    ServiceError: the server refused, failed, or said something that is no reply of ours.
    """
    try:
        if status == 200:
            return msgspec.json.decode(body, type=kind)
        problem = msgspec.json.decode(body, type=ErrorReply).error
    except msgspec.MsgspecError as exc:
        raise ServiceError(f"HTTP {status}, and no reply of a Tilth server: {exc}", status=status) from exc
    where = f"{problem.field}: " if problem.field else ""
    raise ServiceError(f"HTTP {status} {problem.type}: {where}{problem.message}", status=status, kind=problem.type)


def forgivable(exc: ServiceError) -> bool:
    """Whether a client that fails open goes on: the server is at fault or away. A request of ours that is wrong stays
    an error, or nobody would ever find it."""
    return exc.status is None or exc.status >= 500


def all_kept(asked: FilterRequest) -> FilterReply:
    """What a filter that is away decides: nothing is dropped."""
    count = len(asked.candidates)
    decisions = [Decision(_name(one), True, None, "unreachable") for one in asked.candidates]
    return FilterReply(
        request_id="",
        versions=NOBODY,
        mode="filter",
        counts=Counts(candidates=count, dropped=0, guarded=0, unknown=0, late=count),
        decisions=decisions,
    )


def all_batches_kept(asked: BatchRequest) -> BatchReply:
    return BatchReply([all_kept(one) for one in asked.requests])


def nothing_suggested(text: str) -> SuggestReply:
    """What a server that is away suggests."""
    return SuggestReply("", text, None, [], [], [], known_item=False, late=True, versions=SuggestVersions("", None))


def nothing_understood(query: str) -> UnderstandReply:
    """What a server that is away understands."""
    nowhere = UnderstandVersions("", None, "none", None)
    return UnderstandReply("", query, query, None, None, {}, [], None, late=True, versions=nowhere)


def _name(offered: Offered) -> str | None:
    return offered if isinstance(offered, str) else offered.id
