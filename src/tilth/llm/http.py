"""Straight to the wire of any OpenAI-compatible endpoint."""

import asyncio
import base64
import time
from datetime import UTC, datetime

import aiohttp
from msgspec.structs import replace
from yarl import URL

from tilth.errors import ConfigError, TransportError
from tilth.llm.endpoint import normalise_endpoint
from tilth.llm.envelope import read_envelope, request_body
from tilth.llm.limiter import FixedLimiter
from tilth.llm.limits.headers import read_limits, read_retry_after
from tilth.llm.reply import Reply
from tilth.llm.request import Request
from tilth.llm.text import shorten

_RETRYABLE_4XX = frozenset({408, 409, 425, 429})
_NOT_IMPLEMENTED = 501
_ERROR_BODY_BYTES = 8_192
_SHOWN_CHARS = 300


class HttpTransport:
    """POSTs to `<base_url>/chat/completions`, at most `concurrency` at once.

    `timeout_s` bounds one call from sending to the last byte. The key is sent as a bearer token and shown nowhere;
    user and password in the URL are sent as basic authentication where there is no key, a query is sent along.

    Raises:
        ConfigError: the base URL is no http(s) URL, or the key cannot be sent in a header.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None,
        timeout_s: float = 60.0,
        max_answer_bytes: int = 1_000_000,
        concurrency: int = 32,
    ) -> None:
        self.endpoint = normalise_endpoint(base_url)
        self._url, basic = _target(base_url, self.endpoint)
        key = _checked_key(api_key)
        self._secret = key or basic
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._secret:
            self._headers["Authorization"] = f"Bearer {key}" if key else f"Basic {basic}"
        self._timeout_s, self._max_answer_bytes = timeout_s, max_answer_bytes
        # Waiting for a slot is not part of a call's time, so the slots are here and not in the connection pool.
        self._slots = FixedLimiter(concurrency)
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __repr__(self) -> str:
        return f"HttpTransport({self.endpoint!r})"

    async def send(self, request: Request) -> Reply:
        body = request_body(request)
        await self._slots.acquire()
        try:
            return await self._call(body)
        finally:
            self._slots.release("ok")

    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _call(self, body: bytes) -> Reply:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout_s):
                async with self._open().post(self._url, data=body, allow_redirects=False) as response:
                    if response.status != 200:
                        raise await self._failure(response)
                    received = await self._read(response)
                    limits = read_limits(response.headers, now=datetime.now(UTC))
        except TimeoutError as exc:
            raise TransportError(f"{self.endpoint}: no answer within {self._timeout_s:g} s") from exc
        except aiohttp.ClientResponseError as exc:
            # Its repr holds the request headers, and with them the key: it must not travel in the chain.
            raise TransportError(f"{self.endpoint}: the reply is not HTTP: {self._shown(exc.message)}") from None
        except (aiohttp.ClientError, OSError) as exc:
            lasting = isinstance(exc, aiohttp.ClientSSLError)
            what = self._shown(str(exc)) or type(exc).__name__
            raise TransportError(f"{self.endpoint}: cannot be reached: {what}", retryable=not lasting) from exc
        latency_s = time.perf_counter() - started
        reply = read_envelope(received, where=self.endpoint, latency_s=latency_s, shown=self._shown)
        return reply if limits is None else replace(reply, limits=limits)

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            connector = aiohttp.TCPConnector(limit=0)
            timeout = aiohttp.ClientTimeout(total=None)
            self._session = aiohttp.ClientSession(connector=connector, headers=self._headers, timeout=timeout)
            self._loop = loop
        return self._session

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        received = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            received += chunk
            if len(received) > self._max_answer_bytes:
                response.close()
                limit = f"larger than {self._max_answer_bytes} bytes"
                raise TransportError(f"{self.endpoint}: the reply is {limit}", status=200, retryable=False)
        return bytes(received)

    async def _failure(self, response: aiohttp.ClientResponse) -> TransportError:
        status, headers = response.status, response.headers
        start = await response.content.read(_ERROR_BODY_BYTES)
        response.close()
        said = self._shown(start.decode("utf-8", "replace"))
        if 300 <= status < 400:
            said = "it redirects; set the base URL to the final address"
        now = datetime.now(UTC)
        return TransportError(
            f"{self.endpoint}: HTTP {status}: {said or '(no message)'}",
            status=status,
            retry_after=read_retry_after(headers, now=now),
            limits=read_limits(headers, now=now),
            retryable=status in _RETRYABLE_4XX or (status >= 500 and status != _NOT_IMPLEMENTED),
        )

    def _shown(self, text: str) -> str:
        # Servers like to quote the key they refuse. It goes before the text is cut, so that no half of it stays.
        if self._secret:
            text = text.replace(self._secret, "***")
        return shorten(" ".join(text.split()), _SHOWN_CHARS)


def _target(base_url: str, endpoint: str) -> tuple[URL, str]:
    """The address to post to, without user and password, and these as basic credentials ("" if none)."""
    try:
        base = URL(base_url.strip())
    except ValueError as exc:
        raise ConfigError("the base URL of the LLM endpoint cannot be read") from exc
    if base.scheme not in ("http", "https") or not base.host:
        raise ConfigError(f"base URL '{endpoint}' is not an http(s) URL\n  hint: such as http://localhost:8000/v1")
    basic = base64.b64encode(f"{base.user}:{base.password or ''}".encode()).decode() if base.user else ""
    bare = base.with_user(None).with_fragment(None).with_query(None)
    return (bare / "chat" / "completions").with_query(base.query), basic


def _checked_key(api_key: str | None) -> str:
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigError("the API key holds characters that no header can carry\n  hint: was it copied in full?")
    return key
