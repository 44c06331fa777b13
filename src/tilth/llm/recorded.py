"""Answers that were given before, in place of a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tilth.errors import TransportError
from tilth.llm.reply import RECORDED, Reply, Usage
from tilth.llm.request import Request


@dataclass(frozen=True)
class RecordedAnswer:
    """What a model said once. None: not on record."""

    text: str
    usage: Usage = field(default_factory=Usage)
    latency_s: float | None = None
    cost_usd: float | None = None


class RecordedTransport:
    """Looks answers up by the request's key instead of asking; the prompt plays no part."""

    def __init__(self, answers: Mapping[tuple[str, ...], RecordedAnswer]) -> None:
        self._answers = answers

    def __repr__(self) -> str:
        return f"RecordedTransport({len(self._answers)} answers)"

    async def send(self, request: Request) -> Reply:
        answer = self._answers.get(request.key)
        if answer is None:
            named = ", ".join(request.key) or "(empty)"
            raise TransportError(f"no recorded answer for key ({named})", retryable=False)
        return Reply(
            text=answer.text,
            usage=answer.usage,
            latency_s=answer.latency_s,
            finish_reason=RECORDED,
            model=request.model,
            cost_usd=answer.cost_usd,
        )

    async def aclose(self) -> None:
        """Nothing is open."""
