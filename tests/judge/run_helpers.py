"""Three people, two jobs, and a teacher behind a real socket."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.judge import Rubric, load_rubric
from tilth.judge.run import Labelled, Teacher, run
from tilth.llm import Client, HttpTransport, MemoryStore, Price, Store
from tilth.records import ENTITY_SCHEMA, Entities, Pairs, Role
from tilth.testing import FakeLLMServer, Faults

JOBS = load_rubric("bad-job-match", base=Path())
ASKED = (("u1", "j1"), ("u2", "j2"), ("u3", "j1"), ("u1", "j2"))
BAD = {"reasons": ["licence"], "grade": 1, "p": 0.9}


def entities(role: Role, ids: tuple[str, ...]) -> Entities:
    rows = [{"id": one, "title": f"title of {one}", "text": f"text of {one}"} for one in ids]
    return Entities(role, pa.Table.from_pylist(rows, schema=ENTITY_SCHEMA))


PEOPLE, OFFERS = entities("context", ("u1", "u2", "u3")), entities("item", ("j1", "j2"))


def pairs(asked: tuple[tuple[str, str], ...] = ASKED) -> Pairs:
    rows = [{"context_id": context, "item_id": item, "weight": 1.0} for context, item in asked]
    return Pairs(pa.Table.from_pylist(rows))


def teacher(endpoint: str = "http://127.0.0.1:9/v1", **changes: Any) -> Teacher:
    given = {"name": "t", "model": "m", "endpoint": endpoint, "sampling": {"temperature": 0.0, "max_tokens": 50}}
    return Teacher(**{**given, **changes})


def label(
    server: FakeLLMServer,
    *,
    store: Store | None = None,
    rubric: Rubric = JOBS,
    asked: tuple[tuple[str, str], ...] = ASKED,
    price: Price | None = None,
    api_key: str | None = None,
    timeout_s: float = 10.0,
    **more: Any,
) -> Labelled:
    """One labelling run over the wire; without a store, with one of its own."""
    transport = HttpTransport(server.base_url, api_key=api_key, timeout_s=timeout_s)
    client = Client(transport, store=store or MemoryStore(), price=price, max_retries=0)
    return run(rubric, teacher(server.base_url), PEOPLE, OFFERS, pairs(asked), llm=client, **more)


def server_of(
    answer: Callable[[dict[str, Any]], str | Mapping[str, Any]] = lambda _: BAD, faults: Faults | None = None
) -> FakeLLMServer:
    return FakeLLMServer(answer, faults=faults)
