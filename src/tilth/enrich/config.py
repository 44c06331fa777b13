"""`[enrich]`: facts to read out of entities, rules to prove, synonyms, spelling, query understanding."""

from typing import Literal

import msgspec

from tilth.enrich.expand.config import ExpandConfig
from tilth.enrich.prove.config import ProveConfig
from tilth.enrich.spell.config import SpellConfig
from tilth.enrich.synonyms.config import SynonymConfig


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
    synonyms: SynonymConfig = SynonymConfig()
    context: dict[str, AttributeConfig] = {}
    item: dict[str, AttributeConfig] = {}
    prove: ProveConfig = ProveConfig()
    spell: SpellConfig = SpellConfig()
    expand: ExpandConfig = ExpandConfig()
