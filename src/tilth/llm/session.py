"""A client for code that is not asynchronous: its event loop runs in a thread of its own."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tilth.errors import ConfigError
from tilth.llm.answer import Answer
from tilth.llm.client import Client
from tilth.llm.request import Request
from tilth.llm.runner import WINDOW, OnAnswer, Run
from tilth.llm.tally import Tally

_LOOK_S = 0.2


@dataclass(frozen=True)
class _End:
    """No more answers come; `error` says why, where that is not because all have come."""

    error: BaseException | None


class Session:
    """Asks from any number of threads at once, through one client: they share its limiter, store and budget.

        with Session(client) as session:
            for answer in session.ask(requests):
                ...

    Leaving the block closes the client's connections.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tilth-llm", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        requests: Iterable[Request],
        *,
        on_answer: OnAnswer | None = None,
        tally: Tally | None = None,
        max_pending: int = WINDOW,
        stopping: Callable[[], bool] | None = None,
    ) -> Iterator[Answer]:
        """The answers in the order of the requests, as they come; memory is bounded whatever their number.

        `requests` is iterated, and `on_answer` called, in the session's thread; `on_answer` as answers come, with the
        counts so far (`tally`, where given). Closing the iterator early ends the run, and so does `stopping`, looked at
        a few times a second: what is on the wire is waited for, for a few seconds, and kept.

        Raises:
            LLMError: as `Client.ask`.
        """
        if max_pending < 1:
            raise ConfigError(f"max_pending must be at least 1, not {max_pending}")
        box = queue.SimpleQueue[list[Answer] | _End]()

        async def start() -> tuple[Run, asyncio.Task[None]]:
            counts = Tally() if tally is None else tally
            run = Run(self.client, iter(requests), counts, out=box.put, on_answer=on_answer, window=max_pending)
            task = asyncio.get_running_loop().create_task(run.go())
            task.add_done_callback(lambda ended: box.put(_End(None if ended.cancelled() else ended.exception())))
            return run, task

        run, task = asyncio.run_coroutine_threadsafe(start(), self._loop).result()
        ended = False
        try:
            while isinstance(some := _next(box, stopping), list):
                yield from some
                self._loop.call_soon_threadsafe(run.consumed, len(some))
            if some is None:
                return
            ended = True
            if some.error is not None:
                raise some.error
        finally:
            if not ended:
                self._loop.call_soon_threadsafe(task.cancel)
                while not isinstance(box.get(), _End):
                    pass

    def close(self) -> None:
        """Close the client's connections and end the thread."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _leave(self) -> None:
        await self.client.aclose()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


def _next(
    box: "queue.SimpleQueue[list[Answer] | _End]", stopping: Callable[[], bool] | None
) -> list[Answer] | _End | None:
    """What comes next; None once `stopping` says so."""
    while stopping is not None:
        if stopping():
            return None
        try:
            return box.get(timeout=_LOOK_S)
        except queue.Empty:
            continue
    return box.get()
