"""What came back for one request."""

import msgspec

from tilth.llm.limits.limiter import RateLimits

RECORDED = "recorded"
"""`finish_reason` of an answer given before: asking again would bring the same text, so it is never repaired."""


class Usage(msgspec.Struct, frozen=True):
    """Tokens of one or several calls; None where the server did not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            _sum(self.prompt_tokens, other.prompt_tokens),
            _sum(self.completion_tokens, other.completion_tokens),
        )


class Reply(msgspec.Struct, frozen=True):
    """One reply as it came over the wire, valid or not.

    `latency_s` runs from sending to the last byte, without waiting for a free slot. `cost_usd` is None where the
    transport does not know it; the client then works it out from `usage` and the price. `limits` is what rate-limit
    headers said; it is never stored.
    """

    text: str
    usage: Usage = Usage()
    latency_s: float | None = None
    finish_reason: str | None = None
    model: str | None = None
    refusal: str | None = None
    cost_usd: float | None = None
    limits: RateLimits | None = None


def _sum(left: int | None, right: int | None) -> int | None:
    # A sum with an unknown part is unknown, not smaller.
    return None if left is None or right is None else left + right
