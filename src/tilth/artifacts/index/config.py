"""What is indexed, and how much each field counts."""

import msgspec

from tilth.errors import ConfigError

FIELDS = ("title", "text", "category", "attributes", "type")


class IndexConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Weights multiply a field's BM25 score; a field of weight 0 is not indexed."""

    title: float = 2.0
    text: float = 1.0
    category: float = 0.5
    attributes: float = 0.5
    """All further columns of the catalog together."""
    type: float = 0.5
    """What a thing is, in a word or two (a column `type` that mining writes or the catalog has): rules look there."""
    stem: bool = True
    """Let the singular find the plural, and the like, in words of Latin letters."""
    tie: float = 0.0
    """How much the fields other than the best one add for a term: 0 nothing, 1 all."""

    def weights(self) -> dict[str, float]:
        """The indexed fields and their weights."""
        named = {name: getattr(self, name) for name in FIELDS}
        return {name: weight for name, weight in named.items() if weight > 0}


def check_index(config: IndexConfig) -> None:
    """Raises ConfigError where a value is out of range."""
    for name in FIELDS:
        if not 0 <= getattr(config, name) < float("inf"):
            raise ConfigError(f"index: {name} must be 0 or more, not {getattr(config, name)}")
    if not config.weights():
        raise ConfigError("index: at least one field needs a weight above 0")
    if not 0 <= config.tie <= 1:
        raise ConfigError(f"index: tie must lie between 0 and 1, not {config.tie}")
