"""The client for code that awaits."""

import io
from collections.abc import Sequence

import aiohttp

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

_AT_ONCE = 500_000
"""A larger body is written in pieces, so that other tasks get a turn."""


class AsyncClient:
    """`Client` for asyncio: the same calls, awaited; any number may be under way at once.

        async with tilth.AsyncClient("http://127.0.0.1:8765") as client:
            reply = await client.filter("u001", ["j001", "j002"])

    Raises:
        ConfigError: the URL is none of http or https, the time is none, or candidates or a history are no list.
        ServiceError: from every method, where the server cannot be asked or refuses.
    """

    def __init__(self, url: str, *, key: str | None = None, timeout_s: float = 1.0, fail_open: bool = False) -> None:
        self._settings = Settings(url.rstrip("/"), key, timeout_s, fail_open)
        self._session: aiohttp.ClientSession | None = None

    async def filter(
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
            return result(*await self._send(call(self._settings, "/v1/filter", asked, deadline_ms)), FilterReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return all_kept(asked)
            raise

    async def filter_batch(self, requests: Sequence[FilterRequest], *, deadline_ms: float | None = None) -> BatchReply:
        """Several requests in one."""
        asked = BatchRequest(list(requests))
        try:
            return result(*await self._send(call(self._settings, "/v1/filter/batch", asked, deadline_ms)), BatchReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return all_batches_kept(asked)
            raise

    async def score(
        self,
        context: Offered,
        candidates: Sequence[Offered],
        *,
        reasons: Reasons = "none",
        deadline_ms: float | None = None,
    ) -> ScoreReply:
        """Probabilities of being bad, without a decision."""
        asked = ScoreRequest(context=context, candidates=listed(candidates), reasons=reasons)
        return result(*await self._send(call(self._settings, "/v1/score", asked, deadline_ms)), ScoreReply)

    async def suggest(
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
            return result(*await self._send(asked), SuggestReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return nothing_suggested(text)
            raise

    async def understand(self, query: str, *, deadline_ms: float | None = None) -> UnderstandReply:
        """What a query asks for: its spelling, category, attributes, and what to search for besides. With `fail_open`
        it is understood as it stands where the server is away."""
        asked = call(self._settings, understand_path(query), None, deadline_ms)
        try:
            return result(*await self._send(asked), UnderstandReply)
        except ServiceError as exc:
            if self._settings.fail_open and forgivable(exc):
                return nothing_understood(query)
            raise

    async def ready(self) -> Served:
        """What the server answers from."""
        return result(*await self._send(call(self._settings, "/readyz", None)), Served)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _send(self, asked: Call) -> tuple[int, bytes]:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
            self._session = aiohttp.ClientSession(timeout=timeout)
        method = "GET" if asked.body is None else "POST"
        url = self._settings.url + asked.path
        large = asked.body is not None and len(asked.body) > _AT_ONCE
        data = io.BytesIO(asked.body or b"") if large else asked.body
        try:
            async with self._session.request(method, url, data=data, headers=asked.headers) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise ServiceError(f"{self._settings.url}: no answer: {exc or type(exc).__name__}") from exc
