"""`[enrich]`: which facts to read out of each entity, once, and on what terms rules are kept."""

from typing import Literal

import msgspec

from tilth.enrich.prove.config import ProveConfig


class AttributeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich.context.NAME]` or `[enrich.item.NAME]`: one attribute of a closed schema."""

    type: Literal["text", "number", "boolean", "category", "list"]
    description: str = ""
    values: list[str] = []
    """The closed vocabulary of a category or list (a list's may be left open)."""
    ordered: bool = False
    """The values of a category stand in rising order."""


class EnrichConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich]`."""

    llm: str | None = None
    """Name of the `[llm.NAME]` section that reads."""
    max_chars: int = 8000
    context: dict[str, AttributeConfig] = {}
    item: dict[str, AttributeConfig] = {}
    prove: ProveConfig = ProveConfig()
