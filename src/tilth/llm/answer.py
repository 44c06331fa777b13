"""What the client hands back for one request, usable or not."""

from typing import Any

import msgspec

from tilth.llm.reply import Usage
from tilth.llm.request import Request


class Answer(msgspec.Struct, frozen=True):
    """The outcome of one request: exactly one of `error` and a usable answer.

    `value` fits the request's schema; it is None where `error` says why, and where no schema was asked for (the answer
    is then `raw`). `raw` is the last text that came, None if none did. `usage`, `cost_usd` and `latency_s` sum over
    both tries of a repaired answer and are None where a part is unknown; for a `cached` answer they are what it took
    when it was asked. `calls` is how often the wire was used for it now. `left` marks a request that was not asked, or
    not to its end, because the run stopped first; a later run can ask it.
    """

    request: Request
    value: dict[str, Any] | None
    error: str | None
    raw: str | None
    usage: Usage
    cost_usd: float | None
    latency_s: float | None
    cached: bool
    calls: int
    left: bool = False
