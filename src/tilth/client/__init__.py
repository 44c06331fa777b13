"""Asking a running `tilth serve`."""

from tilth.client.awaiting import AsyncClient
from tilth.client.blocking import Client
from tilth.client.messages import (
    BatchReply,
    BatchRequest,
    Counts,
    Decision,
    Entity,
    FilterReply,
    FilterRequest,
    Score,
    ScoreReply,
    ScoreRequest,
    Versions,
)

__all__ = [
    "AsyncClient",
    "BatchReply",
    "BatchRequest",
    "Client",
    "Counts",
    "Decision",
    "Entity",
    "FilterReply",
    "FilterRequest",
    "Score",
    "ScoreReply",
    "ScoreRequest",
    "Versions",
]
