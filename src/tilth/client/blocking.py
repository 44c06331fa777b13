"""The client for code that waits."""

import http.client
import urllib.parse
from collections import deque
from collections.abc import Sequence

from tilth.client.messages import (
    BatchReply,
    BatchRequest,
    FilterReply,
    FilterRequest,
    Offered,
    Reasons,
    ScoreReply,
    ScoreRequest,
    Served,
    SuggestReply,
    UnderstandReply,
)
from tilth.client.wire import (
    Call,
    Settings,
    all_batches_kept,
    all_kept,
    call,
    forgivable,
    listed,
    nothing_suggested,
    nothing_understood,
    result,
    suggest_path,
    understand_path,
)
from tilth.errors import ServiceError


class Client:
    """Asks a `tilth serve` over connections that stay open; may be shared by threads.

        with tilth.Client("http://127.0.0.1:8765") as client:
            shown = client.filter("u001", ["j001", "j002"]).kept

    `fail_open=True` keeps every candidate when the server cannot be reached, is too slow (`timeout_s`) or fails; a
    request that the server refuses (4xx) stays an error.

    Raises:
        ConfigError: the URL is none of http or https, the time is none, or candidates or a history are no list.
        ServiceError: from every method, where the server cannot be asked or refuses.
    """

    def __init__(self, url: str, *, key: str | None = None, timeout_s: float = 1.0, fail_open: bool = False) -> None:
        self._settings = Settings(url.rstrip("/"), key, timeout_s, fail_open)
        self._parts = urllib.parse.urlsplit(self._settings.url)
        self._idle: deque[http.client.HTTPConnection] = deque()

    def filter(
        self,
        context: Offered,
        candidates: Sequence[Offered],
        *,
        reasons: Reasons = "short",
        deadline_ms: float | None = None,
    ) -> FilterReply:
        """Which candidates to keep. Ids are strings; whatever the server's store does not hold is given as `Entity`."""
        asked = FilterRequest(context=context, candidates=listed(candidates), reasons=reasons)
        try:
            return result(*self._send(call(self._settings, "/v1/filter", asked, deadline_ms)), FilterReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return all_kept(asked)
            raise

    def filter_batch(self, requests: Sequence[FilterRequest], *, deadline_ms: float | None = None) -> BatchReply:
        """Several requests in one."""
        asked = BatchRequest(list(requests))
        try:
            return result(*self._send(call(self._settings, "/v1/filter/batch", asked, deadline_ms)), BatchReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return all_batches_kept(asked)
            raise

    def score(
        self,
        context: Offered,
        candidates: Sequence[Offered],
        *,
        reasons: Reasons = "none",
        deadline_ms: float | None = None,
    ) -> ScoreReply:
        """Probabilities of being bad, without a decision."""
        asked = ScoreRequest(context=context, candidates=listed(candidates), reasons=reasons)
        return result(*self._send(call(self._settings, "/v1/score", asked, deadline_ms)), ScoreReply)

    def suggest(
        self,
        text: str,
        context_id: str | None = None,
        limit: int = 10,
        *,
        history: Sequence[str] = (),
        deadline_ms: float | None = None,
    ) -> SuggestReply:
        """Queries and items for what somebody has typed so far. `history`: what the same person searched for before,
        newest first, at most 20; the server keeps none of it. With `fail_open` there are none where the server is
        away."""
        asked = call(self._settings, suggest_path(text, context_id, limit, history), None, deadline_ms)
        try:
            return result(*self._send(asked), SuggestReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return nothing_suggested(text)
            raise

    def understand(self, query: str, *, deadline_ms: float | None = None) -> UnderstandReply:
        """What a query asks for: its spelling, category, attributes, and what to search for besides. With `fail_open`
        it is understood as it stands where the server is away."""
        asked = call(self._settings, understand_path(query), None, deadline_ms)
        try:
            return result(*self._send(asked), UnderstandReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return nothing_understood(query)
            raise

    def ready(self) -> Served:
        """What the server answers from."""
        return result(*self._send(call(self._settings, "/readyz", None)), Served)

    def close(self) -> None:
        """Close the connections that lie idle."""
        while self._idle:
            self._idle.pop().close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, asked: Call) -> tuple[int, bytes]:
        """Status and body. A connection that was closed while it lay idle is given up, and the next one tried."""
        while True:
            connection = self._connection()
            reused = connection.sock is not None
            try:
                answer = self._exchange(connection, asked)
            except (OSError, http.client.HTTPException) as exc:
                connection.close()
                if reused and isinstance(exc, ConnectionError):  # RemoteDisconnected is one too
                    continue
                raise ServiceError(f"{self._settings.url}: no answer: {exc or type(exc).__name__}") from exc
            self._idle.append(connection)
            return answer

    def _connection(self) -> http.client.HTTPConnection:
        try:
            return self._idle.pop()
        except IndexError:  # another thread may have taken the last one
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            return kind(self._parts.hostname or "", self._parts.port, timeout=self._settings.timeout_s)

    def _exchange(self, connection: http.client.HTTPConnection, asked: Call) -> tuple[int, bytes]:
        method = "GET" if asked.body is None else "POST"
        if connection.sock is None:
            connection.connect()
        whole = True
        try:
            connection.request(method, self._parts.path + asked.path, asked.body, dict(asked.headers))
        except (BrokenPipeError, ConnectionResetError):
            whole = False  # a server that refuses early may close before all is written: its answer says why
        response = connection.getresponse()
        answer = response.status, response.read()
        if not whole:
            connection.close()
        return answer
