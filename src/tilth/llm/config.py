"""`[llm.NAME]`: an endpoint with a model behind it, or a file of answers given before."""

import datetime
from typing import Annotated, Literal

import msgspec


class PriceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[llm.NAME.price]`: what the provider asks, with the day it was looked up. No price: the cost is unknown."""

    input_per_mtok: float
    output_per_mtok: float
    as_of: datetime.date
    currency: Literal["USD"] = "USD"
    batch_discount: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """What a hosted batch costs, as a share of the price: 0.5 where it costs half. Left out: the full price."""


class LLMConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[llm.NAME]`."""

    provider: Literal["openai", "recorded"]
    """`openai`: any endpoint that speaks OpenAI's chat completions. `recorded`: answers that were given before."""

    base_url: str | None = None
    model: str | None = None
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; the key itself never stands in a file."""
    temperature: float = 0.0
    max_tokens: int = 1024
    seed: int | None = None
    concurrency: int = 256
    """At most so many calls at once; how many the endpoint bears is found out."""
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    """What the provider allows, where it is known; otherwise it is read from the replies' headers or found out."""
    patience_s: float = 3600.0
    """How long the endpoint may give nothing but failures and refusals before the run stops, to be resumed later."""
    timeout_s: float = 60.0
    max_retries: int = 5
    price: PriceConfig | None = None

    path: str | None = None
    """Recorded answers: a CSV or JSONL file."""
    context_id: str | None = None
    item_id: str | None = None
    answer: dict[str, str] | None = None
    """Recorded answers: which column holds which field of the answer. Left out: each column is a field of its name."""
    raw: str | None = None
    """Recorded answers: the column that holds the answer's text as it came, instead of `answer`."""
    prompt_tokens: str | None = None
    completion_tokens: str | None = None
    cost_usd: str | None = None
    latency_s: str | None = None


class BudgetConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[budget]`: hard limits on what all runs of the project on one store may take together."""

    usd: float | None = None
    tokens: int | None = None
    requests: int | None = None
    ledger: str | None = None
    """Name of the account in the store; the project's name by default."""
