"""One reply for one request: out of the cache, else through the limiter over the wire, with retries."""

import random
from dataclasses import dataclass

from msgspec.structs import replace

from tilth.errors import LLMError, TransportError
from tilth.llm.cache import AnswerCache, CachedAnswer
from tilth.llm.clock import Clock
from tilth.llm.limiter import Limiter, Outcome
from tilth.llm.prices import Price, cost
from tilth.llm.reply import Reply
from tilth.llm.request import Request
from tilth.llm.retry import Backoff
from tilth.llm.tally import Tally
from tilth.llm.transport import Transport

_HOPELESS = {
    401: "the key is missing or wrong",
    403: "the key may not use this model or endpoint",
    404: "check the base URL and the name of the model",
}
_THROTTLED = frozenset({429, 503})


@dataclass(frozen=True)
class Fetched:
    """A reply, or the error after the last try; `calls` is how often the wire was used."""

    reply: Reply | None
    error: str | None
    calls: int


class Fetcher:
    """Fetches replies and keeps each in the cache the moment it arrives; does not look at what they say."""

    def __init__(
        self,
        transport: Transport,
        *,
        cache: AnswerCache,
        limiter: Limiter | None,
        price: Price | None,
        max_retries: int,
        backoff: Backoff,
        clock: Clock,
    ) -> None:
        self._transport, self._cache, self._limiter, self._price = transport, cache, limiter, price
        self._max_retries, self._backoff, self._clock = max_retries, backoff, clock
        self._rng = random.Random(backoff.seed)  # noqa: S311 - jitter is no secret
        self._stopped: str | None = None

    async def fetch(self, request: Request, tally: Tally) -> Fetched:
        """The reply to a request, counted into `tally`.

        Raises:
            LLMError: no request can succeed; said again, without a call, to every later one.
        """
        self._check_stopped()
        known = self._cache.get_many([request.fingerprint]).get(request.fingerprint)
        if known is not None:
            return Fetched(known.reply, None, calls=0)
        for attempt in range(self._max_retries + 1):
            try:
                return Fetched(await self._call(request, tally, attempt), None, calls=attempt + 1)
            except TransportError as exc:
                self._stop_if_hopeless(exc, request)
                if not exc.retryable or attempt == self._max_retries:
                    return Fetched(None, str(exc), calls=attempt + 1)
                await self._clock.sleep(self._backoff.delay(attempt, self._rng, exc.retry_after))
        raise AssertionError("unreachable: the last attempt returns")

    async def _call(self, request: Request, tally: Tally, attempt: int) -> Reply:
        outcome: Outcome = "cancelled"
        if self._limiter is not None:
            await self._limiter.acquire()
        try:
            self._check_stopped()  # another request may have found out while this one waited
            tally.calls += 1
            tally.retries += attempt > 0
            reply = await self._transport.send(request)
            outcome = "ok"
        except TransportError as exc:
            outcome = "throttled" if exc.status in _THROTTLED else "failed"
            raise
        finally:
            if self._limiter is not None:
                self._limiter.release(outcome)
        return self._keep(request, reply, tally)

    def _keep(self, request: Request, reply: Reply, tally: Tally) -> Reply:
        # Nothing is awaited between the reply's arrival and the cache: no interrupt can come in between.
        if reply.cost_usd is None:
            reply = replace(reply, cost_usd=cost(reply.usage, self._price))
        self._cache.put(CachedAnswer(request.fingerprint, reply, self._clock.utcnow()))
        tally.add_reply(reply)
        return reply

    def _stop_if_hopeless(self, exc: TransportError, request: Request) -> None:
        if exc.status in _HOPELESS:
            self._stopped = (
                f"stopped at {request.endpoint}, model '{request.model}': {exc}\n  hint: {_HOPELESS[exc.status]}"
            )
            raise LLMError(self._stopped) from exc

    def _check_stopped(self) -> None:
        if self._stopped is not None:
            raise LLMError(self._stopped)
