"""Asking many requests: bounded, in order, each distinct one once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from tilth.errors import ConfigError
from tilth.llm.answer import Answer
from tilth.llm.client import Client
from tilth.llm.request import Request
from tilth.llm.tally import Tally

OnAnswer = Callable[[Answer, Tally], None]

_PENDING = 256


async def ask_all(
    client: Client,
    requests: Iterable[Request],
    *,
    on_answer: OnAnswer | None = None,
    tally: Tally | None = None,
    max_pending: int = _PENDING,
) -> list[Answer]:
    """Answers in the order of the requests.

    At most `max_pending` requests are taken from the iterable ahead of their answers. Requests with one fingerprint
    are asked once; the others get the same answer as `cached`, under their own key. `on_answer` is called as answers
    come, with the counts so far (`tally`, where given).

    Raises:
        LLMError: as `Client.ask`; what is under way is cancelled, answers that arrived are in the cache.
    """
    if max_pending < 1:
        raise ConfigError(f"max_pending must be at least 1, not {max_pending}")
    run = _Run(client, requests, on_answer, Tally() if tally is None else tally)
    workers = [asyncio.create_task(run.work()) for _ in range(max_pending)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [run.answers[place] for place in range(len(run.answers))]


def run_all(
    client: Client,
    requests: Iterable[Request],
    *,
    on_answer: OnAnswer | None = None,
    max_pending: int = _PENDING,
) -> tuple[list[Answer], Tally]:
    """`ask_all` for code that is not asynchronous: the answers and the counts. Closes the client's connections.

    Where an event loop is running already, as in a notebook, the run and `on_answer` have a thread of their own.
    """
    tally = Tally()

    async def run() -> list[Answer]:
        try:
            return await ask_all(client, requests, on_answer=on_answer, tally=tally, max_pending=max_pending)
        finally:
            await client.aclose()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run()), tally
    return _in_thread(run()), tally


class _Run:
    """What the workers of one `ask_all` share."""

    def __init__(self, client: Client, requests: Iterable[Request], on_answer: OnAnswer | None, tally: Tally) -> None:
        self._client, self._on_answer, self._tally = client, on_answer, tally
        self._requests = enumerate(requests)
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self.answers: dict[int, Answer] = {}

    async def work(self) -> None:
        for place, request in self._requests:
            answer = await self._once(request)
            self.answers[place] = answer
            if self._on_answer is not None:
                self._on_answer(answer, self._tally)
            # A cached answer awaits nothing; without this a long row of them could not be interrupted.
            await asyncio.sleep(0)

    async def _once(self, request: Request) -> Answer:
        asked = self._asked.get(request.fingerprint)
        if asked is None:
            asked = self._asked[request.fingerprint] = asyncio.get_running_loop().create_future()
            answer = await self._client.ask(request, self._tally)
            asked.set_result(answer)
            return answer
        first = await asyncio.shield(asked)
        self._tally.add_answer(cached=True, failed=first.error is not None)
        return replace(first, request=request, cached=True, calls=0)


def _in_thread(work: Coroutine[Any, Any, list[Answer]]) -> list[Answer]:
    """Run in an event loop of another thread; an interrupt here cancels it there before it goes on."""
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[list[Answer]]]] = []

    async def watched() -> list[Answer]:
        task = asyncio.ensure_future(work)
        started.append((asyncio.get_running_loop(), task))
        return await task

    with ThreadPoolExecutor(1, thread_name_prefix="tilth-llm") as pool:
        future = pool.submit(asyncio.run, watched())
        try:
            return future.result()
        except BaseException:
            for loop, task in started:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(task.cancel)
            raise
