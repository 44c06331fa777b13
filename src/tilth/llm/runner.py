"""One run: a stream of requests through store, budget, limiter and wire, and answers out in order."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from jsonschema_rs import Draft202012Validator
from msgspec.structs import replace

from tilth.errors import CacheError, EndpointDownError, LLMError, TransportError
from tilth.llm.answer import Answer
from tilth.llm.ask import Ask
from tilth.llm.client import Client
from tilth.llm.failures import outcome_of
from tilth.llm.inorder import InOrder
from tilth.llm.limits import Outcome, Permit
from tilth.llm.prices import cost
from tilth.llm.reply import Reply
from tilth.llm.request import Request
from tilth.llm.reserve import taken
from tilth.llm.store import BATCH_OWNER, Amount, CachedAnswer, Claim, Claimed, Settlement
from tilth.llm.structured import compile_schema
from tilth.llm.tally import Tally

OnAnswer = Callable[[Answer, Tally], None]

WINDOW = 2048
"""Requests taken ahead of their answers."""
_CHUNK = 1000
_LEAST_AHEAD, _MOST_AHEAD = 8, 64
_REMEMBERED = 1024  # arrivals: long enough that a moment without any does not look like a slow endpoint
_CLAIM_S = 0.25  # that long the ready ones last: some times what a claim takes beside a busy event loop
_TAKEN_POLL_S = 0.25
_DRAIN_S = 5.0
_BUDGET = "not asked: the budget has no room for another call"
_IN_BATCH = "not asked: a batch is asking it; `tilth llm batch fetch` and import bring the answer"


class Run:
    """Asks the requests of one iterator.

    A feeder takes requests, answers what the store knows, and queues the rest; a claimer turns queued ones into claimed
    ones, a batch at a time; a dispatcher sends these as the limiter lets it. Only the answer itself waits until it is
    safe on disk; the wire does not.
    """

    def __init__(
        self,
        client: Client,
        requests: Iterator[Request],
        tally: Tally,
        *,
        out: Callable[[list[Answer]], None],
        on_answer: OnAnswer | None = None,
        window: int = WINDOW,
    ) -> None:
        self._client, self._requests, self._tally = client, requests, tally
        self._on_answer, self._window = on_answer, window
        self._results = InOrder(out, most_ahead=32 * window)
        self._pending = self._place = 0
        self._exhausted = False
        self._schema: Mapping[str, Any] | None = None
        self._validator: Draft202012Validator | None = None
        self._todo, self._ready = deque[Ask](), deque[Ask]()
        self._delayed = set[Ask]()
        self._arrivals = deque[float](maxlen=_REMEMBERED)
        self._failed: dict[str, Ask] = {}
        self._room, self._to_claim, self._to_send = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks, self._calls = set[asyncio.Task[None]](), set[asyncio.Task[None]]()

    async def go(self) -> None:
        """Come back when every request has its answer.

        Raises:
            LLMError: as `Client.ask`. Replies that were under way have been waited for, for a while, and are kept.
        """
        loops = [self._start(loop(), self._tasks) for loop in (self._feed, self._claim, self._dispatch)]
        try:
            await self._done
            self._results.flush()
        finally:
            for task in loops:
                task.cancel()
            await self._wind_down()

    def consumed(self, count: int) -> None:
        """So many answers were taken off; more may come."""
        self._results.consumed(count)
        self._room.set()

    def _start(self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            if not task.cancelled() and (exc := task.exception()) is not None:
                self._fail(exc)

        task.add_done_callback(ended)
        return task

    def _fail(self, exc: BaseException) -> None:
        if not self._done.done():
            self._done.set_exception(exc)

    async def _wind_down(self) -> None:
        """Wait for what is on the wire, so that paid answers are kept; then let go of the rest."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=_DRAIN_S)
        rest = [*self._calls, *self._tasks]
        for task in rest:
            if not task.cancelling():  # one that gives its claims back is not to be disturbed
                task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        self._hand_over()
        unsent = [ask.current.fingerprint for ask in (*self._ready, *self._delayed) if ask.claimed]
        self._client.open_claims -= len(unsent)
        try:
            await self._client.journal.release(unsent)  # comes back after all that was settled before it
        except CacheError:
            return  # whoever opens the store next closes these claims; the first trouble is the one to tell

    def _hand_over(self) -> None:
        """Let other runs ask themselves what they expected from this one."""
        leaders = self._client.leaders
        for fingerprint in [one for one, asks in leaders.items() if asks[0][0] is self]:
            others = [(run, ask) for run, ask in leaders.pop(fingerprint) if run is not self]
            if others:
                leaders[fingerprint] = others
                run, ask = others[0]
                run._queue(ask)

    # taking requests ---------------------------------------------------------------------------------------------

    async def _feed(self) -> None:
        while True:
            while self._results.is_full or self._window - self._pending < max(1, self._window // 4):
                self._room.clear()
                await self._room.wait()
            chunk = list(islice(self._requests, min(_CHUNK, self._window - self._pending)))
            if not chunk:
                break
            await self._look_up([ask for ask in map(self._take, chunk) if self._is_first(ask)])
        self._exhausted = True
        self._check_done()

    def _take(self, request: Request) -> Ask:
        if request.schema is not self._schema:  # the same one for most of a run
            self._schema = request.schema
            self._validator = None if request.schema is None else compile_schema(request.schema)
        ask = Ask(self._place, request, self._validator)
        self._place += 1
        self._pending += 1
        return ask

    def _is_first(self, ask: Ask) -> bool:
        """Whether nobody asks this already; otherwise it gets that answer."""
        fingerprint = ask.request.fingerprint
        failed = self._failed.get(fingerprint)
        if failed is not None:
            self._follow(ask, failed.answer())
            return False
        asks = self._client.leaders.setdefault(fingerprint, [])
        asks.append((self, ask))
        return len(asks) == 1

    async def _look_up(self, asks: list[Ask]) -> None:
        while asks:
            known = await self._client.journal.lookup([ask.current.fingerprint for ask in asks])
            self._client.failures.answered_before |= bool(known)
            repairs: list[Ask] = []
            for ask in asks:
                found = known.get(ask.current.fingerprint)
                if found is None:
                    self._queue(ask)
                elif ask.hear(found.reply):
                    self._finish(ask)
                else:
                    repairs.append(ask)
            asks = repairs

    # claiming ----------------------------------------------------------------------------------------------------

    def _queue(self, ask: Ask) -> None:
        self._delayed.discard(ask)
        if self._client.stopped is not None:
            self._finish(ask, left=self._client.stopped)
            return
        self._todo.append(ask)
        self._to_claim.set()

    async def _claim(self) -> None:
        while True:
            await self._to_claim.wait()
            self._to_claim.clear()
            while self._todo and (room := self._ahead() - len(self._ready)) > 0:
                asks = [self._todo.popleft() for _ in range(min(room, len(self._todo)))]
                for ask in asks:
                    ask.reserved = self._client.reserve.of(ask.current)
                verdicts = await self._client.journal.claim([Claim(a.current.fingerprint, a.reserved) for a in asks])
                starved = [ask for ask, verdict in zip(asks, verdicts, strict=True) if not self._act_on(ask, verdict)]
                self._todo.extendleft(reversed(starved))
                if starved and not await self._client.wait_for_relief():
                    self._stop(_BUDGET)

    def _ahead(self) -> int:
        """How many claimed requests to hold ready: enough to cover a commit, few enough to lose little by a crash."""
        if len(self._arrivals) < _LEAST_AHEAD:
            return _LEAST_AHEAD
        rate = len(self._arrivals) / max(time.monotonic() - self._arrivals[0], 1e-3)
        return min(_LEAST_AHEAD + int(rate * _CLAIM_S), _MOST_AHEAD + len(self._calls) // 2)

    def _act_on(self, ask: Ask, verdict: Claimed) -> bool:
        """False where the budget has no room for it."""
        match verdict.state:
            case "granted":
                ask.claimed = True
                self._client.open_claims += 1
                self._make_ready(ask)
            case "taken" if (verdict.owner or "").startswith(BATCH_OWNER):
                self._finish(ask, left=_IN_BATCH)
            case "taken":
                self._delayed.add(ask)
                asyncio.get_running_loop().call_later(_TAKEN_POLL_S, self._queue, ask)
            case "answered" if verdict.answer is not None:
                self._heard(ask, verdict.answer.reply)
            case _:
                return False
        return True

    def _make_ready(self, ask: Ask) -> None:
        self._delayed.discard(ask)
        if self._client.stopped is not None:
            self._close(ask, Settlement(ask.current.fingerprint), partial(self._finish, ask, self._client.stopped))
            return
        self._ready.append(ask)
        self._to_send.set()

    def _stop(self, why: str) -> None:
        """Ask nothing more; what waits is left for a later run."""
        self._client.stopped = self._client.stopped or why
        waiting = [*self._todo]
        self._todo.clear()
        for ask in waiting:
            self._queue(ask)

    # sending -----------------------------------------------------------------------------------------------------

    async def _dispatch(self) -> None:
        while True:
            while not self._ready:
                self._to_send.clear()
                await self._to_send.wait()
            try:
                expected = self._client.reserve.expected_tokens(self._ready[0].reserved)
                permit = await self._client.limiter.acquire(expected)
            except EndpointDownError as exc:
                self._stop(f"not asked: {str(exc).splitlines()[0]} ({self._client.failures.last})")
                waiting = [*self._ready]
                self._ready.clear()
                for ask in waiting:
                    self._make_ready(ask)
                continue
            ask = self._ready.popleft()
            if self._todo and len(self._ready) < self._ahead() * 3 // 4:
                self._to_claim.set()
            self._start(self._send(ask, permit), self._calls)

    async def _send(self, ask: Ask, permit: Permit) -> None:
        try:
            try:
                reply = await self._call(ask, permit)
            except TransportError as exc:
                self._failed_call(ask, exc)
                return
        except LLMError:  # nothing can succeed, and this was not taken either
            self._close(ask, Settlement(ask.current.fingerprint), _nothing)
            raise
        except asyncio.CancelledError:
            self._close(ask, Settlement(ask.current.fingerprint, uncertain=ask.reserved), _nothing)
            raise
        self._arrived(ask, reply)

    async def _call(self, ask: Ask, permit: Permit) -> Reply:
        outcome = Outcome("cancelled")
        try:
            self._client.failures.check_hopeless()  # another request may have found out while this one waited
            self._count_call(ask)
            reply = await self._client.transport.send(ask.current)
            tokens = (reply.usage.prompt_tokens or 0) + (reply.usage.completion_tokens or 0)
            self._client.reserve.learn(ask.reserved, tokens)
            outcome = Outcome("ok", reply.latency_s, tokens or None, limits=reply.limits)
        except TransportError as exc:
            outcome = outcome_of(exc)
            raise
        finally:
            self._client.limiter.release(permit, outcome)
        return reply

    def _count_call(self, ask: Ask) -> None:
        ask.calls += 1
        self._tally.calls += 1
        if ask.attempts:
            self._tally.retries += 1
        elif ask.is_repair:
            self._tally.repairs += 1

    def _arrived(self, ask: Ask, reply: Reply) -> None:
        client = self._client
        client.failures.served += 1
        self._arrivals.append(time.monotonic())
        if reply.cost_usd is None and client.price is not None:
            reply = replace(reply, cost_usd=cost(reply.usage, client.price))
        if reply.limits is not None:  # of the moment, not of the answer
            reply = replace(reply, limits=None)
        self._tally.add_reply(reply)
        spent, uncertain = taken(reply, ask.reserved)
        kept = CachedAnswer(ask.current.fingerprint, reply, client.clock.utcnow())
        self._close(ask, Settlement(kept.fingerprint, kept, spent, uncertain), partial(self._heard, ask, reply))

    def _failed_call(self, ask: Ask, exc: TransportError) -> None:
        uncertain = ask.reserved if exc.maybe_billed else Amount()
        closing = Settlement(ask.current.fingerprint, uncertain=uncertain)
        delay_s = self._client.failures.decide(ask, exc)
        if delay_s is None:
            ask.fail(str(exc))
            self._close(ask, closing, partial(self._finish, ask))
        elif exc.maybe_billed:  # the next try needs room in the budget of its own
            self._close(ask, closing, partial(self._delay, ask, delay_s, self._queue))
        else:
            self._delay(ask, delay_s, self._make_ready)

    def _delay(self, ask: Ask, seconds: float, then: Callable[[Ask], None]) -> None:
        async def wait() -> None:
            await self._client.clock.sleep(seconds)
            then(ask)

        self._delayed.add(ask)
        self._start(wait(), self._tasks)

    # settling ----------------------------------------------------------------------------------------------------

    def _close(self, ask: Ask, settlement: Settlement, then: Callable[[], None]) -> None:
        """Settle the claim of a request; `then` runs when that is safe on disk."""

        def kept(error: CacheError | None) -> None:
            self._client.claim_closed()
            if error is None:
                then()
            else:
                self._fail(error)

        ask.claimed = False
        self._client.journal.settle(settlement, kept)

    def _heard(self, ask: Ask, reply: Reply) -> None:
        if ask.hear(reply):
            self._finish(ask)
        else:
            self._queue(ask)

    def _finish(self, ask: Ask, left: str | None = None) -> None:
        answer = ask.answer(left)
        if answer.raw is None and left is None:
            self._failed[ask.request.fingerprint] = ask
        followers = self._client.leaders.pop(ask.request.fingerprint, [])
        self._give(ask, answer)
        for run, follower in followers[1:]:
            run._follow(follower, answer)

    def _follow(self, ask: Ask, first: Answer) -> None:
        """Give a request the answer to an equal one, under its own key."""
        self._give(ask, replace(first, request=ask.request, cached=not first.left, calls=0))

    def _give(self, ask: Ask, answer: Answer) -> None:
        self._pending -= 1
        self._tally.add_answer(answer)
        if self._on_answer is not None:
            try:
                self._on_answer(answer, self._tally)
            except Exception as exc:  # noqa: BLE001 - the caller's own trouble, on its way back to the caller
                self._fail(exc)
                return
        self._results.put(ask.place, answer)
        self._room.set()
        self._check_done()

    def _check_done(self) -> None:
        if self._exhausted and not self._pending and not self._done.done():
            self._done.set_result(None)


def _nothing() -> None:
    """Nobody waits."""
