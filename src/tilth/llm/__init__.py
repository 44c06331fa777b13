"""Asking a model, and reading what it answers: one door for all steps.

A `Client` asks an endpoint: store, then budget, then limiter, then wire. A `Session` lets code that is not asynchronous
ask a stream of requests through it.
"""

from tilth.llm.answer import Answer
from tilth.llm.client import Client
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.http import HttpTransport
from tilth.llm.limits import AdaptiveLimiter, FixedLimiter, Limiter, Outcome, Permit, RateLimits
from tilth.llm.prices import Price, cost
from tilth.llm.recorded import RecordedAnswer, RecordedTransport
from tilth.llm.recorded_files import read_recorded, recorded_endpoint
from tilth.llm.reply import Reply, Usage
from tilth.llm.request import Message, Request
from tilth.llm.retry import Backoff
from tilth.llm.run import ask_all, run_all
from tilth.llm.session import Session
from tilth.llm.store import Account, Amount, CachedAnswer, Ledger, Limits, MemoryStore, SqliteStore, Store
from tilth.llm.store.open import open_store
from tilth.llm.structured import AnswerError, compile_schema, parse_answer
from tilth.llm.tally import Tally
from tilth.llm.transport import Transport

__all__ = [
    "Account",
    "AdaptiveLimiter",
    "Amount",
    "Answer",
    "AnswerError",
    "Backoff",
    "CachedAnswer",
    "Client",
    "Clock",
    "FixedLimiter",
    "HttpTransport",
    "Ledger",
    "Limiter",
    "Limits",
    "MemoryStore",
    "Message",
    "Outcome",
    "Permit",
    "Price",
    "RateLimits",
    "RecordedAnswer",
    "RecordedTransport",
    "Reply",
    "Request",
    "Session",
    "SqliteStore",
    "Store",
    "SystemClock",
    "Tally",
    "Transport",
    "Usage",
    "ask_all",
    "compile_schema",
    "cost",
    "open_store",
    "parse_answer",
    "read_recorded",
    "recorded_endpoint",
    "run_all",
]
