"""What a run has done so far."""

from dataclasses import dataclass, fields

from tilth.llm.answer import Answer
from tilth.llm.reply import Reply


@dataclass
class Tally:
    """Running counts; the one object is updated in place.

    `asked` requests were finished, `cached` of them without any call, `failed` of them without a usable answer; `left`
    were not, because the run stopped first: `stopped` says why.
    `calls` counts what was sent, of which `retries` after a failure on the wire and `repairs` after an unusable answer.
    Tokens and `cost_usd` are what the replies of this run brought (nothing for answers out of the cache);
    `unpriced` replies are missing from `cost_usd` because their cost is unknown.
    """

    asked: int = 0
    cached: int = 0
    failed: int = 0
    calls: int = 0
    retries: int = 0
    repairs: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0
    left: int = 0
    stopped: str | None = None

    def add_reply(self, reply: Reply) -> None:
        self.prompt_tokens += reply.usage.prompt_tokens or 0
        self.completion_tokens += reply.usage.completion_tokens or 0
        if reply.cost_usd is None:
            self.unpriced += 1
        else:
            self.cost_usd += reply.cost_usd

    def add_answer(self, answer: Answer) -> None:
        if answer.left:
            self.left += 1
            self.stopped = self.stopped or answer.error
            return
        self.asked += 1
        self.cached += answer.cached
        self.failed += answer.error is not None

    def __add__(self, other: "Tally") -> "Tally":
        sums = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return Tally(**sums, stopped=self.stopped or other.stopped)


COUNTS = tuple(field.name for field in fields(Tally) if field.name != "stopped")
