"""The question whether two terms may stand for each other: a versioned text, one request a pair, and its answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
import pyarrow as pa

from tilth.enrich.reader import Reader
from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.wording import Wording, shipped_wording
from tilth.llm import Answer, Message, Request
from tilth.text import printable

MAX_CHARS = 200
VerdictName = Literal["two_way", "source_to_target", "target_to_source", "never"]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["two_way", "source_to_target", "target_to_source", "never"]},
        "context": {"type": ["string", "null"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["verdict", "context", "confidence"],
    "additionalProperties": False,
}
PAIR_SCHEMA = pa.schema(
    [pa.field("source", pa.string()), pa.field("target", pa.string()), pa.field("found", pa.string())]
)
"""A pair, and the numbers that speak for it."""
ANSWER_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("target", pa.string()),
        pa.field("verdict", pa.string()),
        pa.field("context", pa.string()),
        pa.field("confidence", pa.float64()),
        pa.field("error", pa.string()),
    ]
)
"""What was said of a pair; `error` says why there is no verdict."""


@dataclass(frozen=True)
class PairVerdict:
    """What was said of a pair, and by whom (`model:<name>`)."""

    source: str
    target: str
    verdict: VerdictName
    context: str | None
    confidence: float
    judge: str


def synonym_prompt() -> Wording:
    """The prompt that ships with this version."""
    return shipped_wording("tilth.enrich.synonyms", "synonym")


def pair_table(candidates: Iterable[Candidate]) -> pa.Table:
    """Columns of `PAIR_SCHEMA`."""
    rows = [{"source": one.source, "target": one.target, "found": one.note} for one in candidates]
    return pa.Table.from_pylist(rows, schema=PAIR_SCHEMA)


def questions(prompt: Wording, reader: Reader, pairs: pa.Table) -> Iterator[Request]:
    """One request per row of `PAIR_SCHEMA`, keyed by its two texts, made when it is needed."""
    lead = Message("system", prompt.system)
    for row in pairs.to_pylist():
        asked = {name: row[name][:MAX_CHARS] for name in PAIR_SCHEMA.names}
        yield Request(
            model=reader.model,
            messages=(lead, Message("user", msgspec.json.encode(asked).decode())),
            schema=SCHEMA,
            schema_name="synonym",
            sampling=reader.sampling,
            endpoint=reader.endpoint,
            key=(row["source"], row["target"]),
        )


def answer_table(answers: Sequence[Answer]) -> pa.Table:
    """Rows of `ANSWER_SCHEMA`; those that were left, because the run stopped first, are in none."""
    rows = [
        dict(zip(("source", "target"), answer.request.key, strict=True)) | _read(answer)
        for answer in answers
        if not answer.left
    ]
    return pa.Table.from_pylist(rows, schema=ANSWER_SCHEMA)


def _read(answer: Answer) -> dict[str, Any]:
    if answer.value is None:
        return {"error": answer.error or "no answer"}
    context = answer.value["context"]
    told = None if context is None else " ".join(printable(context[:MAX_CHARS]).split()) or None
    return {"verdict": answer.value["verdict"], "context": told, "confidence": float(answer.value["confidence"])}


def verdicts_of(answers: pa.Table, judge: str) -> list[PairVerdict]:
    """The verdicts in rows of `ANSWER_SCHEMA`, said by `judge` (`model:<name>`)."""
    return [
        PairVerdict(row["source"], row["target"], row["verdict"], row["context"], row["confidence"], judge)
        for row in answers.to_pylist()
        if row["error"] is None
    ]


def unasked(candidates: Iterable[Candidate], known: Iterable[PairVerdict]) -> list[Candidate]:
    """Each pair once, without those that were decided before, in whichever order of the two; the surest first."""
    decided = {_key(one.source, one.target) for one in known}
    left: dict[tuple[str, str], Candidate] = {}
    for one in sorted(candidates, key=lambda each: (-each.weight, each.key)):
        if one.key not in decided:
            left.setdefault(one.key, one)
    return list(left.values())


def decided(
    candidates: Iterable[Candidate], verdicts: Iterable[PairVerdict], *, least_confidence: float
) -> list[Candidate]:
    """The candidates as the verdicts turn them. Dismissed and unsure ones go; those nobody was asked about stay. What
    holds in some context only is left with its note, to be proved."""
    by_pair = {_key(one.source, one.target): one for one in verdicts}
    kept: list[Candidate] = []
    for candidate in candidates:
        verdict = by_pair.get(candidate.key)
        if verdict is None:
            kept.append(candidate)
        elif verdict.verdict != "never" and verdict.confidence >= least_confidence:
            kept.append(_turned(candidate, verdict))
    return kept


def _turned(candidate: Candidate, verdict: PairVerdict) -> Candidate:
    note = f"{candidate.note}; {verdict.judge} {verdict.confidence:.2f}"
    note += f", for {verdict.context}" if verdict.context else ""
    if verdict.verdict == "two_way":
        return replace(candidate, direction="two_way", note=note)
    source, target = verdict.source, verdict.target
    if verdict.verdict == "target_to_source":
        source, target = target, source
    return replace(candidate, source=source, target=target, direction="one_way", note=note)


def _key(one: str, two: str) -> tuple[str, str]:
    return (one, two) if one <= two else (two, one)
