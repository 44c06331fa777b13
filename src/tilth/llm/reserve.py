"""The most that one call can take, known before it is sent: what a hard budget has to set aside for it."""

from collections.abc import Mapping
from typing import Any

from tilth.errors import ConfigError
from tilth.llm.prices import Price, cost
from tilth.llm.reply import Reply, Usage
from tilth.llm.request import Request
from tilth.llm.store import Amount

_PER_MESSAGE = 16  # tokens that chat templates put around a turn
_PER_CALL = 64
_SCHEMA_BYTES = 2  # some servers write the schema into the prompt, at times indented


_SMOOTHING = 0.05


def most_prompt_tokens(*, said_bytes: int, messages: int, schema_chars: int) -> int:
    """An upper bound on the tokens of a prompt.

    A token of a byte-level tokenizer (BPE, or SentencePiece with byte fallback) stands for at least one byte, so a
    prompt has no more tokens than UTF-8 bytes; templates and schemas put some around them.
    """
    return said_bytes + _SCHEMA_BYTES * schema_chars + _PER_MESSAGE * messages + _PER_CALL


class Reserve:
    """Upper bounds for calls at a price, and how much of them calls take on average."""

    def __init__(self, price: Price | None, *, must_bound: bool) -> None:
        self._price, self._must_bound = price, must_bound
        self._schema: Mapping[str, Any] | None = None
        self._schema_chars = 0
        self._share = 1.0

    def of(self, request: Request) -> Amount:
        """What to set aside for a call; no money where the price is unknown.

        Raises:
            ConfigError: `must_bound`, and nothing in the request limits the length of the answer.
        """
        most = request.sampling.get("max_tokens", request.sampling.get("max_completion_tokens"))
        if most is None and self._must_bound:
            hint = "set max_tokens in its section, or run without a budget in money or tokens"
            raise ConfigError(
                f"model '{request.model}': a budget needs an upper end of an answer's length\n  hint: {hint}"
            )
        prompt = most_prompt_tokens(
            said_bytes=request.prompt_bytes(), messages=len(request.messages), schema_chars=self._schema_size(request)
        )
        usage = Usage(prompt, int(most or 0))
        return Amount(cost(usage, self._price) or 0.0, prompt + int(most or 0), 1)

    def _schema_size(self, request: Request) -> int:
        if request.schema is not self._schema:  # the same one for a whole run
            self._schema = request.schema
            self._schema_chars = 0 if request.schema is None else len(str(request.schema))
        return self._schema_chars

    def expected_tokens(self, reserved: Amount) -> int:
        """How many tokens a call with this reservation is likely to take, going by those before it."""
        return round(self._share * reserved.tokens)

    def learn(self, reserved: Amount, tokens: int) -> None:
        """A call with this reservation took so many tokens."""
        if tokens and reserved.tokens:
            self._share += _SMOOTHING * (tokens / reserved.tokens - self._share)


def taken(reply: Reply, reserved: Amount) -> tuple[Amount, Amount]:
    """What a reply took (spent, uncertain): where the server does not say, all that was set aside is uncertain."""
    usage = reply.usage
    if usage.prompt_tokens is None or usage.completion_tokens is None:
        return Amount(reply.cost_usd or 0.0, 0, 1), Amount(0.0 if reply.cost_usd else reserved.usd, reserved.tokens, 0)
    return Amount(reply.cost_usd or 0.0, usage.prompt_tokens + usage.completion_tokens, 1), Amount()
