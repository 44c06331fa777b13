"""What others send the same questions with: one client a process, so that none slows another.

    python benchmarks/llm/peers.py CLIENT --url http://127.0.0.1:PORT/v1 --calls 3000 --in-flight 200

CLIENT is bare (an aiohttp loop that posts ready-made bodies and reads the answers), openai, openai-aiohttp or litellm.
Prints requests a second. Needs nothing of Tilth, so any interpreter that has the client will do.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

SYSTEM = "You judge whether a job fits a job seeker. " + "Read both texts with care and answer in JSON. " * 24
TEXT = "Drives a van for a parcel service, five years, clean licence, wants mornings and no weekends. " * 8
SCHEMA = {
    "type": "object",
    "properties": {
        "reasons": {"type": "array", "items": {"type": "string", "enum": ["pay", "place", "licence", "schedule"]}},
        "grade": {"type": "integer", "enum": [0, 1]},
        "p": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["reasons", "grade", "p"],
    "additionalProperties": False,
}

Send = Callable[[int], Awaitable[Any]]


def user(number: int) -> str:
    return f"pair {number}: {TEXT}"


def body(number: int) -> dict[str, Any]:
    """What goes over the wire for one question."""
    return {
        "model": "m",
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user(number)}],
        "temperature": 0,
        "max_tokens": 100,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "judgment", "schema": SCHEMA, "strict": True},
        },
    }


async def many(send: Send, calls: int, in_flight: int) -> float:
    """Requests a second with so many workers; a few calls before the clock starts."""
    await asyncio.gather(*(send(-one) for one in range(1, 20)))
    numbers = iter(range(calls))

    async def work() -> None:
        for number in numbers:
            await send(number)

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return calls / (time.perf_counter() - started)


async def bare(url: str, calls: int, in_flight: int) -> float:
    import aiohttp

    ready = {number: json.dumps(body(number)).encode() for number in range(-20, calls)}
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=headers) as session:

        async def send(number: int) -> None:
            async with session.post(f"{url}/chat/completions", data=ready[number]) as response:
                await response.read()

        return await many(send, calls, in_flight)


async def openai(url: str, calls: int, in_flight: int, *, with_aiohttp: bool = False) -> float:
    import openai

    http = openai.DefaultAioHttpClient() if with_aiohttp else None
    async with openai.AsyncOpenAI(base_url=url, api_key="none", http_client=http, max_retries=0) as client:

        async def send(number: int) -> None:
            await client.chat.completions.create(**body(number))

        return await many(send, calls, in_flight)


async def litellm(url: str, calls: int, in_flight: int) -> float:
    import litellm

    async def send(number: int) -> None:
        asked = {**body(number), "model": "openai/m"}
        await litellm.acompletion(**asked, api_base=url, api_key="none", num_retries=0)

    return await many(send, calls, in_flight)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("client", choices=["bare", "openai", "openai-aiohttp", "litellm"])
    parser.add_argument("--url", required=True)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--in-flight", type=int, default=200)
    options = parser.parse_args()
    asked = (options.url, options.calls, options.in_flight)
    work = {
        "bare": lambda: bare(*asked),
        "openai": lambda: openai(*asked),
        "openai-aiohttp": lambda: openai(*asked, with_aiohttp=True),
        "litellm": lambda: litellm(*asked),
    }[options.client]
    print(json.dumps({"requests_per_s": asyncio.run(work())}))


if __name__ == "__main__":
    main()
