"""The question about a hard query: a versioned text, one request a row, and the form of the answer."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pyarrow as pa

from tilth.enrich.reader import Reader
from tilth.enrich.wording import Wording, shipped_wording
from tilth.llm import Message, Request

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["leave", "correct", "unsure"]},
        "text": {"type": ["string", "null"]},
    },
    "required": ["verdict", "text"],
    "additionalProperties": False,
}


def spelling_prompt() -> Wording:
    """The prompt that ships with this version."""
    return shipped_wording("tilth.enrich.spell", "spelling")


def questions(prompt: Wording, reader: Reader, cases: pa.Table) -> Iterator[Request]:
    """One request per row of `hard_cases`, keyed by its query, made when it is needed."""
    lead = Message("system", prompt.system)
    for query, candidates in zip(cases["query"].to_pylist(), cases["candidates"].to_pylist(), strict=True):
        asked = msgspec.json.encode({"query": query, "candidates": candidates}).decode()
        yield Request(
            model=reader.model,
            messages=(lead, Message("user", asked)),
            schema=SCHEMA,
            schema_name="spelling",
            sampling=reader.sampling,
            endpoint=reader.endpoint,
            key=(query,),
        )
