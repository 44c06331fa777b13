"""Asking a model, and reading what it answers: request, transport, cache, retries, structured answers."""

from tilth.llm.answer import Answer
from tilth.llm.cache import AnswerCache, CachedAnswer, MemoryCache
from tilth.llm.client import Client
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.http import HttpTransport
from tilth.llm.limiter import FixedLimiter, Limiter, Outcome
from tilth.llm.prices import Price, cost
from tilth.llm.recorded import RecordedAnswer, RecordedTransport
from tilth.llm.recorded_files import read_recorded, recorded_endpoint
from tilth.llm.reply import Reply, Usage
from tilth.llm.request import Message, Request
from tilth.llm.retry import Backoff
from tilth.llm.run import ask_all, run_all
from tilth.llm.sqlite_cache import SqliteCache
from tilth.llm.structured import AnswerError, compile_schema, parse_answer
from tilth.llm.tally import Tally
from tilth.llm.transport import Transport

__all__ = [
    "Answer",
    "AnswerCache",
    "AnswerError",
    "Backoff",
    "CachedAnswer",
    "Client",
    "Clock",
    "FixedLimiter",
    "HttpTransport",
    "Limiter",
    "MemoryCache",
    "Message",
    "Outcome",
    "Price",
    "RecordedAnswer",
    "RecordedTransport",
    "Reply",
    "Request",
    "SqliteCache",
    "SystemClock",
    "Tally",
    "Transport",
    "Usage",
    "ask_all",
    "compile_schema",
    "cost",
    "parse_answer",
    "read_recorded",
    "recorded_endpoint",
    "run_all",
]
