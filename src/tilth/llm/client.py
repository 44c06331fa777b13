"""An endpoint that can be asked: what all runs against it share."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tilth.errors import ConfigError
from tilth.llm.answer import Answer
from tilth.llm.ask import Ask
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.failures import FIRST_PATIENCE_S, Failures
from tilth.llm.journal import Journal
from tilth.llm.limits import FixedLimiter, Limiter
from tilth.llm.prices import Price
from tilth.llm.request import Request
from tilth.llm.reserve import Reserve
from tilth.llm.retry import Backoff
from tilth.llm.store import Ledger, Store, new_owner
from tilth.llm.tally import Tally
from tilth.llm.transport import Transport

if TYPE_CHECKING:
    from tilth.llm.runner import Run

CONCURRENCY = 32


class Client:
    """Asks through a transport and never pays for one answer twice: store, then budget, then limiter, then wire.

    Args:
        store: answers, looked up before anything else; takes every reply that arrives, usable or not, before it counts.
            Claims in it keep two processes from asking the same, ledgers in it hold the budget.
        limiter: how many calls may run at once, and how fast; None: at most 32.
        price: of the model asked, in USD; None leaves costs unknown unless the transport tells them.
        ledgers: what calls are charged to, with hard limits.
        max_retries: tries after the first, for failures on the wire that may pass and that are the request's own: while
            the endpoint as a whole is down or refuses, no request's tries are used up.
        backoff: how long to wait between these.
        first_patience_s: how long an endpoint that has never answered may fail before it is given up.

    Raises:
        ConfigError: the price is not in USD, in which all costs are kept; a ledger limits money and there is no price;
            `max_retries` is negative.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        store: Store,
        limiter: Limiter | None = None,
        price: Price | None = None,
        ledgers: Sequence[Ledger] = (),
        max_retries: int = 5,
        backoff: Backoff = Backoff(),  # noqa: B008 - frozen
        clock: Clock | None = None,
        first_patience_s: float = FIRST_PATIENCE_S,
    ) -> None:
        _check(price, ledgers, max_retries)
        self.transport, self.price = transport, price
        self.clock: Clock = clock or SystemClock()
        self.limiter: Limiter = limiter or FixedLimiter(CONCURRENCY)
        limited = any(ledger.limits.usd is not None or ledger.limits.tokens is not None for ledger in ledgers)
        self.reserve = Reserve(price, must_bound=limited)
        self.journal = Journal(store, new_owner(), ledgers=ledgers)
        self.failures = Failures(
            self.limiter, max_retries=max_retries, backoff=backoff, first_patience_s=first_patience_s
        )
        self.leaders: dict[str, list[tuple[Run, Ask]]] = {}
        """By fingerprint, who asks for it now and who waits for the same answer."""
        self.open_claims = 0
        self.stopped: str | None = None
        """Why nothing more is asked; what is left can be asked in a later run."""
        self._relief = asyncio.Event()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the transport's connections and end the journal's thread; both open again when needed. The store
        belongs to whoever opened it."""
        await self.transport.aclose()
        await asyncio.to_thread(self.journal.close)

    async def ask(self, request: Request, tally: Tally | None = None) -> Answer:
        """The answer to one request; where none can be used, an `Answer` that says why.

        An unusable reply is asked for once more, with the reason. `tally`, where given, is counted up.

        Raises:
            LLMError: nothing asked here can succeed: no access (401, 403), no such model or address (404), or it has
                never answered at all. Every later request fails at once in the same way, without a call.
            CacheError: the store failed.
            ConfigError: the request's schema is no JSON schema.
        """
        from tilth.llm.run import ask_all  # a run needs the client's type

        return (await ask_all(self, [request], tally=tally))[0]

    async def wait_for_relief(self) -> bool:
        """Come back when a claim of this client was closed, which may leave room in the budget; False at once if none
        is open."""
        if not self.open_claims:
            return False
        self._relief = asyncio.Event()
        await self._relief.wait()
        return True

    def claim_closed(self) -> None:
        self.open_claims -= 1
        self._relief.set()


def _check(price: Price | None, ledgers: Sequence[Ledger], max_retries: int) -> None:
    if price is not None and price.currency != "USD":
        raise ConfigError(f"the price is in {price.currency}, costs are kept in USD\n  hint: convert it")
    if max_retries < 0:
        raise ConfigError(f"max_retries must be at least 0, not {max_retries}")
    if price is None and any(ledger.limits.usd is not None for ledger in ledgers):
        raise ConfigError(
            "a budget in money needs a price\n"
            "  hint: price = { input_per_mtok = ..., output_per_mtok = ..., as_of = ... }, or limit tokens or requests"
        )
