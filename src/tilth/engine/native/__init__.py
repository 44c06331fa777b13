"""Partitions in threads of this process."""

from tilth.engine.native.backend import NativeBackend

__all__ = ["NativeBackend"]
