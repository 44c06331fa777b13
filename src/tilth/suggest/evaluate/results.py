"""What an evaluation found, as it is written and shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tilth.stats import Estimate

Said = Literal["earns its place", "costs", "not enough evidence"]


@dataclass(frozen=True)
class Measures:
    """Of some searches: the share that any suggestion `covers`, MRR@10 and hit@10 by characters typed, and the share of
    characters that need not be typed."""

    searches: int
    coverage: Estimate
    mrr: Mapping[int, Estimate]
    hit: Mapping[int, Estimate]
    saved: Estimate


@dataclass(frozen=True)
class Variant:
    """A suggester of some of the sources. `never`: share of the items that no broad suggestion brings back, `gini` how
    unevenly they do; `exploratory`: share of what is offered that names no single item."""

    name: str
    sources: tuple[str, ...]
    suggestions: int
    measures: Measures
    never: Estimate
    gini: Estimate
    exploratory: Estimate


@dataclass(frozen=True)
class Slice:
    """Some of the searches: `of` is `demand` or `category`."""

    of: Literal["demand", "category"]
    name: str
    measures: Measures


@dataclass(frozen=True)
class Verdict:
    """What a source (or the ranker) adds to all the others, paired on the same searches. `gain` is in MRR@10, the mean
    over the characters typed; `items_only`: share of the items that are brought back with it alone, None of a ranker.
    """

    source: str
    synthetic: bool
    said: Said
    gain: Estimate
    coverage: Estimate
    saved: Estimate
    items_only: float | None
    sentence: str


@dataclass(frozen=True)
class Evaluation:
    """`shipped` is what `build` would write of the earlier part, sliced in `slices`; `variants` begin with all sources.
    `explored`: by how much the exploratory share of all sources is above that of the log alone; None without a log's
    queries. `people` is what intervals are over: users, sessions or queries."""

    chars: tuple[int, ...]
    searches: int
    clusters: int
    people: str
    shipped: str
    variants: tuple[Variant, ...]
    slices: tuple[Slice, ...]
    verdicts: tuple[Verdict, ...]
    explored: Estimate | None

    def variant(self, name: str) -> Variant | None:
        return next((one for one in self.variants if one.name == name), None)

    def to_json(self) -> dict[str, Any]:
        return _plain(self)


def _plain(value: Any) -> Any:
    """Dataclasses as dicts, estimates as they are written everywhere, keys as texts."""
    if isinstance(value, Estimate):
        return value.to_json()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
