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
    FoundItem,
    Placed,
    Score,
    ScoreReply,
    ScoreRequest,
    Served,
    Suggestion,
    SuggestReply,
    SuggestVersions,
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
    "FoundItem",
    "Placed",
    "Score",
    "ScoreReply",
    "ScoreRequest",
    "Served",
    "SuggestReply",
    "SuggestVersions",
    "Suggestion",
    "Versions",
]
