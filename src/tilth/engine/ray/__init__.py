"""Partitions in the worker processes of a Ray cluster (`tilth[ray]`)."""

from tilth.engine.ray.backend import RayBackend

__all__ = ["RayBackend"]
