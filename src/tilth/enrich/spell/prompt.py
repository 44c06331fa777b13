"""The question about a hard query: a versioned text, one request a row, and the form of the answer."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import msgspec
import pyarrow as pa

from tilth.enrich.attributes import Reader
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


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: str
    system: str


@dataclass(frozen=True)
class SpellingPrompt:
    """`digest`: SHA-256 of its content, so that any change of it is seen."""

    id: str
    version: str
    system: str
    digest: str


def spelling_prompt() -> SpellingPrompt:
    """The prompt that ships with this version."""
    content = (resources.files("tilth.enrich.spell") / "prompts" / "spelling.toml").read_text("utf-8")
    file = msgspec.convert(tomllib.loads(content), _File)
    digest = hashlib.sha256(msgspec.json.encode(file, order="deterministic")).hexdigest()
    return SpellingPrompt(file.id, file.version, file.system.strip(), digest)


def questions(prompt: SpellingPrompt, reader: Reader, cases: pa.Table) -> Iterator[Request]:
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
