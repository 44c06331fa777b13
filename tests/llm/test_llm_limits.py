"""The limiter and the HTTP transport against the fake server, over a real socket."""

import asyncio
import time

import pytest
from llm_helpers import bytes_server, http_response, request_for

from tilth.errors import TransportError
from tilth.llm import HttpTransport
from tilth.llm.limits import AdaptiveLimiter, Outcome, RateLimits
from tilth.testing import FakeLLMServer, HiddenLimits


async def ask(transport: HttpTransport, limiter: AdaptiveLimiter) -> str:
    permit = await limiter.acquire()
    outcome = Outcome("cancelled")
    try:
        reply = await transport.send(request_for())
        outcome = Outcome("ok", latency_s=reply.latency_s, limits=reply.limits)
    except TransportError as exc:
        outcome = Outcome("throttled" if exc.status == 429 else "failed", limits=exc.limits)
    finally:
        limiter.release(permit, outcome)
    return outcome.kind


async def ask_for(base_url: str, seconds: float, clients: int = 30) -> AdaptiveLimiter:
    transport, limiter = HttpTransport(base_url, api_key=None), AdaptiveLimiter(clients)
    end = time.monotonic() + seconds

    async def client() -> None:
        while time.monotonic() < end:
            await ask(transport, limiter)

    await asyncio.gather(*(client() for _ in range(clients)))
    await transport.aclose()
    return limiter


def test_finds_ten_at_once():
    with FakeLLMServer(lambda _: "a", limits=HiddenLimits(max_concurrent=10), latency_s=0.03) as server:
        seen = asyncio.run(ask_for(server.base_url, 6)).snapshot()
        assert seen.ceiling in (9, 10, 11)
        assert server.limited == seen.refused < 0.1 * server.calls
        assert server.accepted == seen.calls - seen.refused


def test_headers_of_replies_pace_the_calls():
    limits = HiddenLimits(requests_per_minute=1200, rate_headers=True)
    with FakeLLMServer(lambda _: "a", limits=limits) as server:
        seen = asyncio.run(ask_for(server.base_url, 2)).snapshot()
        assert server.limited == 0
    assert 19 <= seen.requests_per_s <= 22
    assert 25 <= seen.calls <= 80  # 20 a second for 2 s, and the 30 who waited then


def test_replies_and_errors_carry_what_headers_said():
    async def both(base_url: str) -> tuple[RateLimits | None, TransportError]:
        transport = HttpTransport(base_url, api_key=None)
        try:
            reply = await transport.send(request_for())
            with pytest.raises(TransportError) as caught:
                await transport.send(request_for())
            return reply.limits, caught.value
        finally:
            await transport.aclose()

    limits = HiddenLimits(requests_per_minute=1, rate_headers=True, retry_after=True)
    with FakeLLMServer(lambda _: "a", limits=limits) as server:
        told, error = asyncio.run(both(server.base_url))
    assert (told.limit_requests, told.remaining_requests) == (1, 0)
    assert (error.status, error.limits.remaining_requests) == (429, 0)
    assert 50 < error.retry_after <= 60


def test_milliseconds_are_obeyed():
    async def refused() -> TransportError:
        async with bytes_server(http_response("429 Too Many Requests", "", "retry-after-ms: 250")) as base_url:
            transport = HttpTransport(base_url, api_key=None)
            with pytest.raises(TransportError) as caught:
                await transport.send(request_for())
            await transport.aclose()
            return caught.value

    assert asyncio.run(refused()).retry_after == 0.25
