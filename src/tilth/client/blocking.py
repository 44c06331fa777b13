"""The client for code that waits."""

import http.client
import threading
import urllib.parse
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
    Versions,
)
from tilth.client.wire import Call, Settings, all_batches_kept, all_kept, call, forgivable, result
from tilth.errors import ConfigError, ServiceError


class Client:
    """Asks a `tilth serve` over connections that stay open, one per thread; may be shared by threads.

        with tilth.Client("http://127.0.0.1:8765") as client:
            shown = client.filter("u001", ["j001", "j002"]).kept

    `fail_open=True` keeps every candidate when the server cannot be reached, is too slow (`timeout_s`) or fails; a
    request that the server refuses (4xx) stays an error.

    Raises:
        ConfigError: the URL is none of http or https.
        ServiceError: from every method, where the server cannot be asked or refuses.
    """

    def __init__(self, url: str, *, key: str | None = None, timeout_s: float = 1.0, fail_open: bool = False) -> None:
        self._settings = Settings(url.rstrip("/"), key, timeout_s, fail_open)
        self._parts = urllib.parse.urlsplit(self._settings.url)
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise ConfigError(f"'{url}' is no address of a server\n  hint: such as http://127.0.0.1:8765")
        self._local = threading.local()

    def filter(
        self,
        context: Offered,
        candidates: Sequence[Offered],
        *,
        reasons: Reasons = "short",
        deadline_ms: float | None = None,
    ) -> FilterReply:
        """Which candidates to keep. Ids are strings; whatever the server's store does not hold is given as `Entity`."""
        asked = FilterRequest(context=context, candidates=list(candidates), reasons=reasons)
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
        asked = ScoreRequest(context=context, candidates=list(candidates), reasons=reasons)
        return result(*self._send(call(self._settings, "/v1/score", asked, deadline_ms)), ScoreReply)

    def ready(self) -> Versions:
        """What the server answers from."""
        return result(*self._send(call(self._settings, "/readyz", None)), Versions)

    def close(self) -> None:
        """Close this thread's connection; those of other threads close when the threads end."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, asked: Call) -> tuple[int, bytes]:
        """Status and body. A connection that was closed while it lay idle is tried once more, on a new one."""
        reused = getattr(self._local, "connection", None) is not None
        try:
            return self._exchange(asked)
        except (http.client.RemoteDisconnected, ConnectionError) as exc:
            self.close()
            if not reused:
                raise self._unreachable(exc) from exc
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            raise self._unreachable(exc) from exc
        try:
            return self._exchange(asked)
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            raise self._unreachable(exc) from exc

    def _exchange(self, asked: Call) -> tuple[int, bytes]:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            host = self._parts.hostname or ""
            connection = self._local.connection = kind(host, self._parts.port, timeout=self._settings.timeout_s)
        method = "GET" if asked.body is None else "POST"
        connection.request(method, self._parts.path + asked.path, asked.body, dict(asked.headers))
        response = connection.getresponse()
        return response.status, response.read()

    def _unreachable(self, exc: Exception) -> ServiceError:
        return ServiceError(f"{self._settings.url}: no answer: {exc or type(exc).__name__}")
