"""What a reply cost."""

import math
from dataclasses import dataclass, field
from datetime import date

from tilth.errors import ConfigError
from tilth.llm.reply import Usage

_MTOK = 1_000_000


@dataclass(frozen=True)
class Price:
    """A provider's price list for one model: money per million tokens in and out, as it stood on `as_of`."""

    input_per_mtok: float
    output_per_mtok: float
    currency: str = "USD"
    as_of: date = field(kw_only=True)

    def __post_init__(self) -> None:
        for name in ("input_per_mtok", "output_per_mtok"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"price {name} must be a number of at least 0, not {value}")


def cost(usage: Usage, price: Price | None) -> float | None:
    """Money in the price's currency; None where the price or a token count is unknown: never a guess."""
    if price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    paid = usage.prompt_tokens * price.input_per_mtok + usage.completion_tokens * price.output_per_mtok
    return paid / _MTOK
