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
    existing: str | None = None
    """Column under `[data] keep` that holds what is known already; left out: a kept column of the attribute's own name,
    if there is one. Empty: none."""
    only_missing: bool = True
    """Where a column holds what is known, ask only about entities without a value in it."""
    tolerance: float = 0.0
    """Numbers count as the same up to this share of the larger one."""
    match: Literal["exact", "words"] = "exact"
    """`words`: texts count as the same where all words of one stand in the other ("Tacoma", "Tacoma, WA")."""


class AttributeGold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich.gold]`: values of attributes that somebody looked up, for `tilth enrich attributes check`."""

    path: str
    """A file with `item_id` or `context_id`, `attribute` and `value`, or with a column for each attribute."""
    source: str | None = None
    """Who said so, where the file has no column `source`: `human:<name>`, `rule:<name>`, `model:<name>`."""


class EnrichConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich]`."""

    llm: str | None = None
    """Name of the `[llm.NAME]` section that reads."""
    max_chars: int = 8000
    repeats: int = 1
    """How often each text is asked about; what answers agree on measures confidence."""
    repeat_temperature: float = 0.7
    """Of the second and later answers, unless the LLM's own temperature is above 0."""
    ask_confidence: bool = False
    """Have the LLM claim how sure it is of each value."""
    min_confidence: float = 0.0
    """A value below becomes null."""
    gold: AttributeGold | None = None
    synonyms: SynonymConfig = SynonymConfig()
    context: dict[str, AttributeConfig] = {}
    item: dict[str, AttributeConfig] = {}
    prove: ProveConfig = ProveConfig()
    spell: SpellConfig = SpellConfig()
    expand: ExpandConfig = ExpandConfig()
