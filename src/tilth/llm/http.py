"""Straight to the wire of any OpenAI-compatible endpoint."""

import asyncio
import time

import aiohttp

from tilth.errors import TransportError
from tilth.llm.envelope import read_envelope, request_body
from tilth.llm.reply import Reply
from tilth.llm.request import Request
from tilth.llm.wire import Wire

_ERROR_BODY_BYTES = 8_192


class HttpTransport:
    """POSTs to `<base_url>/chat/completions`; how many at once is for a limiter to say.

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
    ) -> None:
        self._wire = Wire(base_url, api_key=api_key)
        self.endpoint, self._url = self._wire.endpoint, self._wire.url("chat", "completions")
        self._headers = {"Content-Type": "application/json", **self._wire.headers}
        self._timeout_s, self._max_answer_bytes = timeout_s, max_answer_bytes
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __repr__(self) -> str:
        return f"HttpTransport({self.endpoint!r})"

    async def send(self, request: Request) -> Reply:
        return await self._call(request_body(request))

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
        except TimeoutError as exc:
            said = f"{self.endpoint}: no answer within {self._timeout_s:g} s"
            raise TransportError(said, maybe_billed=True) from exc
        except aiohttp.ClientResponseError as exc:
            # Its repr holds the request headers, and with them the key: it must not travel in the chain.
            said = f"{self.endpoint}: the reply is not HTTP: {self._wire.shown(exc.message)}"
            raise TransportError(said, maybe_billed=True) from None
        except (aiohttp.ClientError, OSError) as exc:
            lasting = isinstance(exc, aiohttp.ClientSSLError)
            said = f"{self.endpoint}: cannot be reached: {self._wire.shown(str(exc)) or type(exc).__name__}"
            sent = not isinstance(exc, aiohttp.ClientConnectorError)
            raise TransportError(said, retryable=not lasting, maybe_billed=sent) from exc
        latency_s = time.perf_counter() - started
        return read_envelope(received, where=self.endpoint, latency_s=latency_s, shown=self._wire.shown)

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            connector = aiohttp.TCPConnector(limit=0)
            timeout = aiohttp.ClientTimeout(total=None)
            self._session = aiohttp.ClientSession(connector=connector, headers=self._headers, timeout=timeout)
            self._loop = loop
        return self._session

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        size = response.content_length
        # Compressed, a small body may still grow beyond all bounds.
        if size is not None and size <= self._max_answer_bytes and "Content-Encoding" not in response.headers:
            return await response.read()
        received = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            received += chunk
            if len(received) > self._max_answer_bytes:
                response.close()
                said = f"{self.endpoint}: the reply is larger than {self._max_answer_bytes} bytes"
                raise TransportError(said, status=200, retryable=False, maybe_billed=True)
        return bytes(received)

    async def _failure(self, response: aiohttp.ClientResponse) -> TransportError:
        start = await response.content.read(_ERROR_BODY_BYTES)
        response.close()
        return self._wire.failure(response.status, response.headers, start)
