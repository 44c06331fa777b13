"""Rows of the stores on disk: an answer as a line of JSON, and claims and books as they are written and read.

JSON escapes what a database cannot hold, such as NUL, and one row of many joined answers is read far faster than many
rows: each step of a query asks for the interpreter's lock again.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from tilth.llm.reply import Reply, Usage
from tilth.llm.store.books import Books, Changes, Held, Units
from tilth.llm.store.store import CachedAnswer


class _Line(msgspec.Struct, array_like=True, frozen=True, gc=False):
    fingerprint: str
    text: str
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_s: float | None
    finish_reason: str | None
    model: str | None
    refusal: str | None
    cost_usd: float | None
    created_at: datetime


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[_Line])


def to_line(answer: CachedAnswer) -> str:
    """The whole answer as a JSON array."""
    reply, usage = answer.reply, answer.reply.usage
    line = _Line(
        answer.fingerprint,
        reply.text,
        usage.prompt_tokens,
        usage.completion_tokens,
        reply.latency_s,
        reply.finish_reason,
        reply.model,
        reply.refusal,
        reply.cost_usd,
        answer.created_at,
    )
    return to_json(line)


def from_lines(lines: str) -> list[CachedAnswer]:
    """The answers of lines that are joined by commas."""
    try:
        read = _decoder.decode(f"[{lines}]")
    except msgspec.DecodeError:
        read = msgspec.convert(json.loads(f"[{lines}]"), list[_Line])
    return [
        CachedAnswer(
            line.fingerprint,
            Reply(
                line.text,
                Usage(line.prompt_tokens, line.completion_tokens),
                line.latency_s,
                line.finish_reason,
                line.model,
                line.refusal,
                line.cost_usd,
            ),
            line.created_at,
        )
        for line in read
    ]


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    if moment.tzinfo is None:
        moment = moment.astimezone()
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(micros: int) -> datetime:
    """The inverse of `micros`, in UTC."""
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def storable(name: str | None) -> str | None:
    """A model's name as it can stand in a column, which has no room for NUL and halves of surrogate pairs."""
    if name is None or (name.isascii() and "\0" not in name):
        return name
    return name.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def columns(answers: Iterable[CachedAnswer]) -> list[tuple[Any, ...]]:
    """Rows of fingerprint, model, created_at, prompt and completion tokens, cost (what is summed up), and the line."""
    return [
        (
            one.fingerprint,
            storable(one.reply.model),
            micros(one.created_at),
            one.reply.usage.prompt_tokens,
            one.reply.usage.completion_tokens,
            one.reply.cost_usd,
            to_line(one),
        )
        for one in answers
    ]


_HeldRow = tuple[str, str, float, int, int, int, list[str]]
_BooksRow = tuple[str, int, int, int, int, int, int, int, int, int]


def to_json(value: Any) -> str:
    """JSON on one line. Half a surrogate pair, as of an emoji that was cut off, is escaped: UTF-8 cannot hold it."""
    try:
        return _encoder.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value))


def claim_rows(claims: Iterable[Held]) -> list[tuple[Any, ...]]:
    """Rows of fingerprint, owner, expires_at, reserved units, and the names of the ledgers as JSON."""
    return [(one.fingerprint, one.owner, one.expires_at, *one.reserved, to_json(one.ledgers)) for one in claims]


def read_held(rows: str) -> dict[str, Held]:
    """Claims by fingerprint, out of a JSON array of rows whose ledgers are an array."""
    return {
        row[0]: Held(row[0], row[1], row[2], Units(*row[3:6]), tuple(row[6]))
        for row in msgspec.json.decode(rows, type=list[_HeldRow])
    }


def change_rows(changes: Changes) -> list[tuple[Any, ...]]:
    """Rows of a ledger's name and the nine numbers to add to it, in the order of names."""
    return [(name, *change.row) for name, change in sorted(changes.by_ledger().items())]


def read_books(rows: str) -> dict[str, Books]:
    """Books by the ledger's name, out of a JSON array of rows."""
    return {row[0]: Books.of_row(row[1:]) for row in msgspec.json.decode(rows, type=list[_BooksRow])}
