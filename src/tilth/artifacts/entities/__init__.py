"""The entity store: prepared contexts and items on disk, mapped into memory by all workers of a server."""

from tilth.artifacts.entities.ids import IdIndex
from tilth.artifacts.entities.refresh import Refreshed, refresh_side
from tilth.artifacts.entities.store import EntityStore, StoredSide, load_store, write_store

__all__ = ["EntityStore", "IdIndex", "Refreshed", "StoredSide", "load_store", "refresh_side", "write_store"]
