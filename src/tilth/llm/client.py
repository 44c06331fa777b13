"""From a request to an answer that can be used, or the reason why there is none."""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from jsonschema import Draft202012Validator

from tilth.errors import ConfigError
from tilth.llm.answer import Answer
from tilth.llm.cache import AnswerCache
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.fetch import Fetched, Fetcher
from tilth.llm.limiter import Limiter
from tilth.llm.prices import Price
from tilth.llm.repair import repair_request
from tilth.llm.reply import RECORDED, Reply, Usage
from tilth.llm.request import Request
from tilth.llm.retry import Backoff
from tilth.llm.structured import AnswerError, compile_schema, read_reply
from tilth.llm.tally import Tally
from tilth.llm.transport import Transport


class Client:
    """Asks through a transport and never pays for one answer twice.

    Args:
        cache: looked up before anything else; takes every reply that arrives, usable or not, the moment it does.
        limiter: how many calls may run at once; None leaves that to the transport.
        price: of the model asked, in USD; None leaves costs unknown unless the transport tells them.
        max_retries: tries after the first, for failures on the wire that may pass.
        backoff: how long to wait between these.

    Raises:
        ConfigError: the price is not in USD, in which all costs are kept, or `max_retries` is negative.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        cache: AnswerCache,
        limiter: Limiter | None = None,
        price: Price | None = None,
        max_retries: int = 5,
        backoff: Backoff = Backoff(),  # noqa: B008 - frozen
        clock: Clock | None = None,
    ) -> None:
        if price is not None and price.currency != "USD":
            raise ConfigError(f"the price is in {price.currency}, costs are kept in USD\n  hint: convert it")
        if max_retries < 0:
            raise ConfigError(f"max_retries must be at least 0, not {max_retries}")
        self._transport = transport
        self._fetcher = Fetcher(
            transport,
            cache=cache,
            limiter=limiter,
            price=price,
            max_retries=max_retries,
            backoff=backoff,
            clock=clock or SystemClock(),
        )

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the transport's connections; the cache belongs to whoever opened it."""
        await self._transport.aclose()

    async def ask(self, request: Request, tally: Tally | None = None) -> Answer:
        """The answer to one request; where none can be used, an `Answer` that says why.

        An unusable reply is asked for once more, with the reason. `tally`, where given, is counted up.

        Raises:
            LLMError: nothing asked here can succeed: no access (401, 403), no such model or address (404). Every
                later request fails at once in the same way, without a call.
            CacheError: the cache failed.
            ConfigError: the request's schema is no JSON schema.
        """
        tally = Tally() if tally is None else tally
        validator = None if request.schema is None else compile_schema(request.schema)
        tries = [_read(await self._fetcher.fetch(request, tally), validator)]
        reply, reason = tries[0].reply, tries[0].error
        # A recorded answer stays what it is, however often one asks.
        if reply is not None and reason is not None and reply.finish_reason != RECORDED:
            again = await self._fetcher.fetch(repair_request(request, reply, reason), tally)
            tally.repairs += again.calls > 0
            tries.append(_read(again, validator))
        answer = _answer(request, tries)
        tally.add_answer(cached=answer.cached, failed=answer.error is not None)
        return answer


@dataclass(frozen=True)
class _Try:
    reply: Reply | None
    value: dict[str, Any] | None
    error: str | None
    calls: int


def _read(fetched: Fetched, validator: Draft202012Validator | None) -> _Try:
    if fetched.reply is None:
        return _Try(None, None, fetched.error, fetched.calls)
    try:
        return _Try(fetched.reply, read_reply(fetched.reply, validator), None, fetched.calls)
    except AnswerError as exc:
        return _Try(fetched.reply, None, exc.reason, fetched.calls)


def _answer(request: Request, tries: list[_Try]) -> Answer:
    last, replies = tries[-1], [one.reply for one in tries if one.reply is not None]
    calls = sum(one.calls for one in tries)
    error = last.error
    if last.reply is None and replies:
        error = f"{tries[0].error}; asked again: {error}"
    return Answer(
        request=request,
        value=last.value,
        error=error,
        raw=replies[-1].text if replies else None,
        usage=reduce(add, (reply.usage for reply in replies)) if replies else Usage(),
        cost_usd=_total([reply.cost_usd for reply in replies]),
        latency_s=_total([reply.latency_s for reply in replies]),
        cached=calls == 0,
        calls=calls,
    )


def _total(parts: list[float | None]) -> float | None:
    """The sum; None where a part, or all of it, is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None
