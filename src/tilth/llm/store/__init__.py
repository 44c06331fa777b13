"""Answers, claims and ledgers, kept so that nothing is paid for twice."""

from tilth.llm.store.memory import MemoryStore
from tilth.llm.store.open import open_store
from tilth.llm.store.owner import BATCH_OWNER, is_dead, new_owner
from tilth.llm.store.postgres import PostgresStore
from tilth.llm.store.sqlite import SqliteStore
from tilth.llm.store.store import (
    Account,
    Amount,
    CachedAnswer,
    Claim,
    Claimed,
    ClaimState,
    Ledger,
    Limits,
    ModelSummary,
    Settlement,
    Store,
    Summary,
)

__all__ = [
    "BATCH_OWNER",
    "Account",
    "Amount",
    "CachedAnswer",
    "Claim",
    "ClaimState",
    "Claimed",
    "Ledger",
    "Limits",
    "MemoryStore",
    "ModelSummary",
    "PostgresStore",
    "Settlement",
    "SqliteStore",
    "Store",
    "Summary",
    "is_dead",
    "new_owner",
    "open_store",
]
