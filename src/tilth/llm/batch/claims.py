"""Holding the requests of a batch in the store: nobody asks them online meanwhile, and the budget counts them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from tilth.errors import LLMError
from tilth.llm.batch.disk import lines
from tilth.llm.batch.manifest import RequestFile, read_ids
from tilth.llm.prices import Price, cost
from tilth.llm.reply import Usage
from tilth.llm.reserve import most_prompt_tokens
from tilth.llm.store import Amount, Claim, Ledger, Store

LEASE_S = 25 * 3600.0
"""A batch has 24 hours; the hour on top is for fetching and reading its results."""

_CHUNK = 500
_AGAIN = "export again into another folder"
_WHY = {
    "answered": f"have been answered since the export\n  hint: {_AGAIN}; they are left out there",
    "taken": f"are being asked by another run or batch\n  hint: let it finish, then {_AGAIN}",
    "over_budget": "do not fit in what is left of the budget\n  hint: raise it, or forgive what is uncertain in it",
}


class _Message(msgspec.Struct):
    content: str


class _Body(msgspec.Struct):
    messages: list[_Message]
    response_format: msgspec.Raw = msgspec.Raw(b"")
    max_tokens: int | None = None
    max_completion_tokens: int | None = None


class _Line(msgspec.Struct):
    custom_id: str
    body: _Body


_LINE = msgspec.json.Decoder(_Line)


def reservation(body: _Body, price: Price | None, discount: float) -> Amount:
    """What a request may take at most, as for a call online."""
    prompt = most_prompt_tokens(
        said_bytes=sum(len(message.content.encode()) for message in body.messages),
        messages=len(body.messages),
        schema_chars=len(bytes(body.response_format)),
    )
    allowed = body.max_completion_tokens or body.max_tokens or 0
    return Amount((cost(Usage(prompt, allowed), price) or 0.0) * discount, prompt + allowed, 1)


def claim_file(
    folder: Path,
    file: RequestFile,
    *,
    store: Store,
    owner: str,
    ledgers: Sequence[Ledger],
    price: Price | None,
    discount: float,
) -> Counter[str]:
    """Claim the requests of a file for `LEASE_S`; returns how many claims came to which state.

    Raises:
        DataError: the file cannot be read.
        CacheError: the store failed.
    """
    states: Counter[str] = Counter()
    for chunk in _chunked(folder / file.name, file):
        claims = [Claim(line.custom_id, reservation(line.body, price, discount)) for line in chunk]
        claimed = store.claim_many(claims, owner=owner, lease_s=LEASE_S, ledgers=ledgers)
        states.update(one.state for one in claimed)
    return states


def refuse_unless_granted(states: Counter[str], file: RequestFile) -> None:
    """Raises:
    LLMError: some requests must not be asked now, so that the file must not be submitted as it is.
    """
    for state, why in _WHY.items():
        if states[state]:
            raise LLMError(f"{file.name}: not submitted: {states[state]:,} of its {file.requests:,} requests {why}")


def release_file(folder: Path, file: RequestFile, *, store: Store, owner: str) -> None:
    """Give up the claims on the requests of a file.

    Raises:
        DataError: the file cannot be read, or has changed.
        CacheError: the store failed.
    """
    ids = read_ids(folder, file)
    while chunk := list(islice(ids, _CHUNK)):
        store.release(owner, chunk)


def _chunked(path: Path, file: RequestFile) -> Iterator[list[_Line]]:
    decoded = (_LINE.decode(line or b"") for _, line in lines(path, limit=file.bytes))
    while chunk := list(islice(decoded, _CHUNK)):
        yield chunk
