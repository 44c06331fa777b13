"""Query understanding: a table for frequent queries, a light model for the others, in one folder."""

from tilth.artifacts.understanding.categories import CategoryModel, features, softmax
from tilth.artifacts.understanding.storage import (
    Made,
    RulesUsed,
    UnderstandingManifest,
    load_understanding,
    read_understanding_manifest,
    write_understanding,
)
from tilth.artifacts.understanding.understanding import (
    MAX_CHARS,
    MODEL,
    Category,
    Expansion,
    HeadQuery,
    Origin,
    Understander,
    Understanding,
    normal_form,
)

__all__ = [
    "MAX_CHARS",
    "MODEL",
    "Category",
    "CategoryModel",
    "Expansion",
    "HeadQuery",
    "Made",
    "Origin",
    "RulesUsed",
    "Understander",
    "Understanding",
    "UnderstandingManifest",
    "features",
    "load_understanding",
    "normal_form",
    "read_understanding_manifest",
    "softmax",
    "write_understanding",
]
