"""Running what is asynchronous for callers that are not."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tilth.llm.batch import BatchApi

T = TypeVar("T")


def awaited(api: BatchApi, call: Callable[[], Awaitable[T]]) -> T:
    """What `call` gives while `api` is open; in another thread where a loop runs already, as in notebooks."""

    async def run() -> T:
        async with api:
            return await call()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run())
    with ThreadPoolExecutor(1, thread_name_prefix="tilth-batch") as pool:
        return pool.submit(asyncio.run, run()).result()
