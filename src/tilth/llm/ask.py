"""One request on its way to a usable answer: the first try, and after an unusable one a second."""

from functools import reduce
from operator import add
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator

from tilth.llm.answer import Answer
from tilth.llm.repair import repair_request
from tilth.llm.reply import RECORDED, Reply, Usage
from tilth.llm.request import Request
from tilth.llm.store import Amount
from tilth.llm.structured import AnswerError, read_reply


class _Try(NamedTuple):
    reply: Reply | None
    value: dict[str, Any] | None
    error: str | None


class Ask:
    """What is known of a request so far.

    `current` is what is to be looked up or sent next, `reserved` what its open claim holds. `attempts` counts the times
    that `current` was sent in vain, of which `failures` were its own fault; `refusals` how often the server asked to
    wait while it served others, `served` how many it had served when this was last sent.
    """

    __slots__ = (
        "attempts",
        "calls",
        "claimed",
        "current",
        "failures",
        "place",
        "refusals",
        "request",
        "reserved",
        "served",
        "tries",
        "validator",
    )

    def __init__(self, place: int, request: Request, validator: Draft202012Validator | None) -> None:
        self.place, self.request, self.validator = place, request, validator
        self.current, self.reserved, self.claimed = request, Amount(), False
        self.tries: list[_Try] = []
        self.calls = self.attempts = self.failures = self.refusals = self.served = 0

    @property
    def is_repair(self) -> bool:
        return self.current is not self.request

    def hear(self, reply: Reply) -> bool:
        """Take a reply to `current`; whether that settles it. If not, `current` is now the question after it."""
        try:
            self.tries.append(_Try(reply, read_reply(reply, self.validator), None))
        except AnswerError as exc:
            self.tries.append(_Try(reply, None, exc.reason))
            # A recorded answer stays what it is, however often one asks.
            if not self.is_repair and reply.finish_reason != RECORDED:
                self.current = repair_request(self.request, reply, exc.reason)
                self.attempts = self.failures = self.refusals = 0
                return False
        return True

    def fail(self, error: str) -> None:
        """No reply came to `current`, and none will be asked for again."""
        self.tries.append(_Try(None, None, error))

    def answer(self, left: str | None = None) -> Answer:
        """The outcome; `left` says why it was not asked to its end."""
        if len(self.tries) == 1 and left is None:
            return self._simple(self.tries[0])
        tries = self.tries if left is None else [*self.tries, _Try(None, None, left)]
        replies = [one.reply for one in tries if one.reply is not None]
        last, error = tries[-1], tries[-1].error
        if last.reply is None and replies:
            error = f"{tries[0].error}; asked again: {error}"
        return Answer(
            request=self.request,
            value=last.value,
            error=error,
            raw=replies[-1].text if replies else None,
            usage=reduce(add, (reply.usage for reply in replies)) if replies else Usage(),
            cost_usd=_total([reply.cost_usd for reply in replies]),
            latency_s=_total([reply.latency_s for reply in replies]),
            cached=self.calls == 0 and left is None,
            calls=self.calls,
            left=left is not None,
        )

    def _simple(self, only: _Try) -> Answer:
        reply, calls = only.reply, self.calls
        if reply is None:
            return Answer(self.request, None, only.error, None, Usage(), None, None, calls == 0, calls)
        known = (reply.usage, reply.cost_usd, reply.latency_s)
        return Answer(self.request, only.value, only.error, reply.text, *known, calls == 0, calls)


def _total(parts: list[float | None]) -> float | None:
    """The sum; None where a part, or all of it, is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None
