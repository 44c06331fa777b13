"""What terms of the catalog stand for words of a query that it does not answer: one request a query, and its answer,
which is checked before it counts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa

from tilth.artifacts.index import SearchIndex, analyze
from tilth.enrich.reader import Reader
from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.thin import ThinQuery
from tilth.enrich.wording import Wording, shipped_wording
from tilth.llm import Answer, Message, Request
from tilth.text import fold, printable, tokens

MAX_CHARS, MAX_WORDS, MAX_PROPOSALS = 60, 4, 5
"""Of a term, and of the terms that one answer may name."""
NEAR = 5
TITLE_CHARS, CONTEXT_CHARS = 120, 200
_TERM = {"type": "string", "minLength": 1, "maxLength": 200}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "synonyms": {
            "type": "array",
            "maxItems": MAX_PROPOSALS,
            "items": {
                "type": "object",
                "properties": {
                    "source": _TERM,
                    "target": _TERM,
                    "direction": {"type": "string", "enum": ["one_way", "two_way"]},
                    "context": {"type": ["string", "null"]},
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                },
                "required": ["source", "target", "direction", "context", "confidence"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["synonyms"],
    "additionalProperties": False,
}
THIN_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string()),
        pa.field("unknown", pa.list_(pa.string())),
        pa.field("near", pa.list_(pa.string())),
    ]
)
"""A query, its words that the catalog lacks, and the titles that come nearest."""
SAID_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string()),
        pa.field("source", pa.string()),
        pa.field("target", pa.string()),
        pa.field("direction", pa.string()),
        pa.field("context", pa.string()),
        pa.field("confidence", pa.float64()),
        pa.field("error", pa.string()),
    ]
)
"""A row for each term that was named, and one with null for source and target for an answer that names none; `error`
says why there is no answer."""
PROPOSAL_SCHEMA = pa.schema(
    [
        *list(SAID_SCHEMA)[:6],
        pa.field("judge", pa.string()),
        pa.field("prompt", pa.string()),
        pa.field("rejected", pa.string()),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""`rejected` says why a proposal is no candidate; null where it is one."""


@dataclass(frozen=True)
class Vocabulary:
    """What terms may be proposed: `in_catalog` says it of one analyzed term; `asked` are words of the log."""

    in_catalog: Callable[[str], bool]
    asked: frozenset[str]

    @classmethod
    def of(cls, index: SearchIndex, queries: Iterable[str]) -> "Vocabulary":
        """That of a catalog's index and of queries as they were typed."""
        return cls(
            lambda term: index.document_frequency(term) > 0,
            frozenset(term for text in queries for term in analyze(text)),
        )


def propose_prompt() -> Wording:
    """The prompt that ships with this version."""
    return shipped_wording("tilth.enrich.synonyms", "propose")


def thin_table(queries: Sequence[ThinQuery], index: SearchIndex) -> pa.Table:
    """Columns of `THIN_SCHEMA`."""
    titles = dict(zip(index.items["id"].to_pylist(), index.items["title"].to_pylist(), strict=True))
    rows = [
        {
            "query": one.query,
            "unknown": [word for word in one.query.split() if not any(map(index.document_frequency, analyze(word)))],
            "near": [(titles[item] or "")[:TITLE_CHARS] for item in index.search(one.query, NEAR).ids],
        }
        for one in queries
    ]
    return pa.Table.from_pylist(rows, schema=THIN_SCHEMA)


def proposal_questions(prompt: Wording, reader: Reader, queries: pa.Table) -> Iterator[Request]:
    """One request per row of `THIN_SCHEMA`, keyed by its query."""
    lead = Message("system", prompt.system)
    for row in queries.to_pylist():
        yield Request(
            model=reader.model,
            messages=(lead, Message("user", msgspec.json.encode(row).decode())),
            schema=SCHEMA,
            schema_name="synonym_proposals",
            sampling=reader.sampling,
            endpoint=reader.endpoint,
            key=(row["query"],),
        )


def said_table(answers: Sequence[Answer]) -> pa.Table:
    """Rows of `SAID_SCHEMA`; those that were left are in none."""
    rows: list[dict[str, Any]] = []
    for answer in answers:
        query = answer.request.key[0]
        if answer.left:
            continue
        named = None if answer.value is None else answer.value["synonyms"]
        if named:
            rows += [{"query": query, **one} for one in named]
        else:
            rows.append({"query": query, "error": None if named is not None else answer.error or "no answer"})
    return pa.Table.from_pylist(rows, schema=SAID_SCHEMA)


def checked(
    said: pa.Table, vocabulary: Vocabulary, *, judge: str, prompt: str, least_confidence: float, created_at: datetime
) -> pa.Table:
    """What `judge` (`model:<name>`) said as rows of `PROPOSAL_SCHEMA`: each term that was named, with what is wrong."""
    rows: list[dict[str, Any]] = []
    for row in said.to_pylist():
        if row["source"] is None or row["target"] is None:
            continue
        why = fault_in(row["query"], row["source"], row["target"], vocabulary)
        if why is None and row["confidence"] < least_confidence:
            why = "the model is unsure"
        shown = {name: _shown(row[name], limit) for name, limit in _LIMITS.items()}
        rows.append(row | shown | {"judge": judge, "prompt": prompt, "rejected": why, "created_at": created_at})
    return pa.Table.from_pylist(rows, schema=PROPOSAL_SCHEMA)


_LIMITS = {"source": MAX_CHARS, "target": MAX_CHARS, "context": CONTEXT_CHARS}


def _shown(text: str | None, limit: int) -> str | None:
    return None if text is None else " ".join(printable(text[:limit]).split()) or None


def fault_in(query: str, source: str, target: str, vocabulary: Vocabulary) -> str | None:
    """Why a proposal cannot be used; None where it can. A model's text is untrusted."""
    for text in (source, target):
        if "\n" in text or printable(text) != text:
            return "characters that no query has"
        if len(text) > MAX_CHARS or not 0 < len(tokens(fold(text))) <= MAX_WORDS:
            return f"not a term of 1 to {MAX_WORDS} words"
    words, part = query.split(), tokens(fold(source))
    if not any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1)):
        return "its source does not stand in the query"
    terms = analyze(target)
    if terms == analyze(source):
        return "says the same as its source"
    if all(map(vocabulary.in_catalog, terms)):
        return None
    known = all(vocabulary.in_catalog(term) or term in vocabulary.asked for term in terms)
    return f"stands nowhere in the catalog{', only in queries' if known else ''}"


def proposed(proposals: pa.Table) -> list[Candidate]:
    """The usable ones, each pair once: the surest."""
    best = dict[tuple[str, str], Candidate]()
    for row in proposals.to_pylist():
        if row["rejected"] is None:
            note = f"for '{row['query']}'" + (f", for {row['context']}" if row["context"] else "")
            source, target = (" ".join(tokens(fold(row[name]))) for name in ("source", "target"))
            one = Candidate(source, target, row["judge"], row["confidence"], note, row["direction"])
            known = best.get(one.key)
            if known is None or known.weight < one.weight:
                best[one.key] = one
    return list(best.values())
