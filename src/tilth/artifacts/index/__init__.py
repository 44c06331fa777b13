"""The embedded search index: BM25 over a catalog, in one folder, on tantivy."""

from tilth.artifacts.index.analysis import analyze
from tilth.artifacts.index.config import IndexConfig
from tilth.artifacts.index.index import Hits, SearchIndex
from tilth.artifacts.index.query import Boost, Expansions
from tilth.artifacts.index.storage import index_version

__all__ = ["Boost", "Expansions", "Hits", "IndexConfig", "SearchIndex", "analyze", "index_version"]
