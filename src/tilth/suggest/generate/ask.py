"""One question an item, and what its answer is worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pyarrow as pa

from tilth.llm import Answer, Message, Request
from tilth.suggest.config import SuggestConfig
from tilth.suggest.generate.prompt import load_prompt

ERROR = "error"
ASKED_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "title", "text", "category")] + [("forbidden", pa.list_(pa.string()))]
)
"""An item to be asked about. `forbidden`: words that its queries may not hold."""
WRITTEN_SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "intent", "language", "query", ERROR)])
"""One row a query, or one with an `error` for an item without a usable answer."""


@dataclass(frozen=True)
class Writer:
    """An LLM in the role of a writer."""

    name: str
    model: str
    endpoint: str
    sampling: dict[str, Any]


def questions_of(config: SuggestConfig, writer: Writer, items: pa.Table) -> Iterator[Request]:
    """One request per row of a table of ASKED_SCHEMA, keyed by its id."""
    lead, schema = Message("system", load_prompt().system_text(config)), answer_schema(config)
    for item in items.to_pylist():
        yield Request(
            model=writer.model,
            messages=(lead, Message("user", _user_text(item, config))),
            schema=schema,
            schema_name="queries",
            sampling=writer.sampling,
            endpoint=writer.endpoint,
            key=(item["id"],),
        )


def answer_schema(config: SuggestConfig) -> dict[str, Any]:
    """The JSON schema of an answer."""
    generate = config.generate
    query = {
        "type": "object",
        "properties": {
            "intent": {"type": "string", "enum": list(generate.intents)},
            "language": {"type": "string", "enum": list(generate.languages)},
            "query": {"type": "string", "maxLength": 2 * config.filter.max_chars},
        },
        "required": ["intent", "language", "query"],
        "additionalProperties": False,
    }
    most = 2 * generate.queries * len(generate.languages)
    return {
        "type": "object",
        "properties": {"queries": {"type": "array", "items": query, "maxItems": most}},
        "required": ["queries"],
        "additionalProperties": False,
    }


def to_rows(answers: Sequence[Answer]) -> pa.Table:
    """A table of WRITTEN_SCHEMA."""
    rows = list[dict[str, Any]]()
    for answer in answers:
        (item_id,) = answer.request.key
        if answer.error is not None or answer.value is None:
            rows.append({"id": item_id, ERROR: answer.error or "no answer"})
        else:
            rows += [{"id": item_id, **query} for query in answer.value["queries"]]
    return pa.Table.from_pylist(rows, schema=WRITTEN_SCHEMA)


def _user_text(item: dict[str, Any], config: SuggestConfig) -> str:
    shown = {
        "item": {
            "title": item["title"][:500],
            "category": (item["category"] or "")[:200],
            "text": item["text"][: config.generate.max_chars],
        },
        "forbidden_words": item["forbidden"],
        "languages": list(config.generate.languages),
        "queries_per_language": config.generate.queries,
    }
    return msgspec.json.encode(shown).decode()
