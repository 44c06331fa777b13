"""What a run would still have to ask, given the answers that are in the store."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tilth.llm.repair import repair_request
from tilth.llm.reply import RECORDED, Reply
from tilth.llm.request import Request
from tilth.llm.store import Store
from tilth.llm.structured import AnswerError, compile_schema, read_reply

_CHUNK = 500


@dataclass
class Seen:
    """How many questions were looked at, how many of them need no asking, and how many stood there twice."""

    questions: int = 0
    answered: int = 0
    duplicates: int = 0


def outstanding(requests: Iterable[Request], store: Store, seen: Seen | None = None) -> Iterator[Request]:
    """Each request that has no answer in the store, once, in order.

    One whose answer cannot be used gives way to the repair that a run would ask in its place, unless that was answered
    too. `seen` is counted up. Memory: 32 bytes and their place in a set for each distinct request.

    Raises:
        CacheError: the store cannot be read.
        ConfigError: a request's schema is no JSON schema.
    """
    seen, known, source = Seen() if seen is None else seen, set[bytes](), iter(requests)
    while chunk := list(islice(source, _CHUNK)):
        fresh: list[Request] = []
        for request in chunk:
            digest = bytes.fromhex(request.fingerprint)
            if digest not in known:
                known.add(digest)
                fresh.append(request)
        seen.questions += len(chunk)
        seen.duplicates += len(chunk) - len(fresh)
        to_ask = list(_to_ask(fresh, store))
        seen.answered += len(fresh) - len(to_ask)
        yield from to_ask


def _to_ask(requests: list[Request], store: Store) -> Iterator[Request]:
    answers = store.get_many(request.fingerprint for request in requests)
    asked: list[Request] = []
    repairs: set[str] = set()
    for request in requests:
        answer = answers.get(request.fingerprint)
        if answer is None:
            asked.append(request)
        elif (repair := _repair_of(request, answer.reply)) is not None:
            asked.append(repair)
            repairs.add(repair.fingerprint)
    repaired = store.get_many(repairs) if repairs else {}
    yield from (one for one in asked if one.fingerprint not in repaired)


def _repair_of(request: Request, reply: Reply) -> Request | None:
    """The repair of an answer that cannot be used; None for one that can."""
    try:
        read_reply(reply, None if request.schema is None else compile_schema(request.schema))
    except AnswerError as exc:
        return None if reply.finish_reason == RECORDED else repair_request(request, reply, exc.reason)
    return None
