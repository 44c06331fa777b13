"""What a student compares, and how two attributes are compared."""

from dataclasses import dataclass
from typing import Literal

ComparisonKind = Literal[
    "equal", "contains", "overlap", "difference", "ratio", "ordinal", "cross", "similarity", "context", "item"
]
Group = Literal["lexical", "characters", "lsa", "cooccurrence", "attributes", "encoder"]

GROUPS: tuple[Group, ...] = ("lexical", "characters", "lsa", "cooccurrence", "attributes", "encoder")


@dataclass(frozen=True)
class Comparison:
    """One attribute of the context against one of the item.

    Kinds: `equal` (same text or value), `contains` (the list on one side holds the value on the other), `overlap`
    (shared part of two lists), `difference` (context minus item), `ratio` (item / context), `ordinal` (difference of
    ranks in `order`), `cross` (one code per combination of values), `similarity` (characters of two short texts),
    `context` and `item` (the attribute itself, so that it can gate others; the other name stays empty).
    """

    context_attribute: str
    item_attribute: str
    kind: ComparisonKind
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeatureConfig:
    """Which features a student sees.

    `comparisons` None: derived from the attributes' types and values. `encoder`: the name or folder of a
    sentence-transformers model; needs `tilth[encoder]`. `cooccurrence_dims` 0 leaves out what is learnt from
    unlabeled candidate pairs. `context_name` and `item_name` are the nouns that explanations use.
    """

    groups: tuple[Group, ...] = GROUPS
    lsa_dims: int = 128
    ngram_sizes: tuple[int, ...] = (3, 4)
    cooccurrence_dims: int = 128
    comparisons: tuple[Comparison, ...] | None = None
    encoder: str | None = None
    correct_spelling: bool = True
    context_name: str = "context"
    item_name: str = "item"
