"""Answers, claims and ledgers, kept so that nothing is paid for twice."""

from tilth.llm.store.store import (
    Account,
    Amount,
    CachedAnswer,
    Claim,
    Claimed,
    ClaimState,
    Ledger,
    Limits,
    Settlement,
    Store,
)

__all__ = [
    "Account",
    "Amount",
    "CachedAnswer",
    "Claim",
    "ClaimState",
    "Claimed",
    "Ledger",
    "Limits",
    "Settlement",
    "Store",
]
