"""Query understanding: a table for frequent queries, a light model for the others, in one folder."""

from tilth.artifacts.understanding.categories import CategoryModel, features
from tilth.artifacts.understanding.storage import load_understanding, write_understanding
from tilth.artifacts.understanding.understanding import Expansion, Understander, Understanding

__all__ = [
    "CategoryModel",
    "Expansion",
    "Understander",
    "Understanding",
    "features",
    "load_understanding",
    "write_understanding",
]
