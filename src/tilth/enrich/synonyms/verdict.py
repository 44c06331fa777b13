"""The question whether two terms may stand for each other: a versioned text, one request a pair, and its answer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from tilth.enrich.reader import Reader
from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.wording import Wording, shipped_wording
from tilth.llm import Answer, Client, Message, Request, Tally, run_all

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


@dataclass(frozen=True)
class PairVerdict:
    """What was said of a pair, and by whom (`model:<name>`)."""

    source: str
    target: str
    verdict: VerdictName
    context: str | None
    confidence: float
    judge: str


@dataclass(frozen=True)
class Asked:
    """`failed`: the pairs whose answer could not be used, and why."""

    verdicts: tuple[PairVerdict, ...]
    failed: tuple[tuple[str, str, str], ...]
    tally: Tally


def synonym_prompt() -> Wording:
    """The prompt that ships with this version."""
    return shipped_wording("tilth.enrich.synonyms", "synonym")


def questions(prompt: Wording, reader: Reader, candidates: Iterable[Candidate]) -> Iterator[Request]:
    """One request per pair, keyed by its two texts, made when it is needed."""
    lead = Message("system", prompt.system)
    for one in candidates:
        asked = {"source": one.source[:MAX_CHARS], "target": one.target[:MAX_CHARS], "found": one.note[:MAX_CHARS]}
        yield Request(
            model=reader.model,
            messages=(lead, Message("user", msgspec.json.encode(asked).decode())),
            schema=SCHEMA,
            schema_name="synonym",
            sampling=reader.sampling,
            endpoint=reader.endpoint,
            key=(one.source, one.target),
        )


def ask(
    candidates: Iterable[Candidate],
    reader: Reader,
    *,
    llm: Client,
    prompt: Wording | None = None,
    on_answer: Callable[[Answer, Tally], None] | None = None,
) -> Asked:
    """Ask once per pair. A pair that was left, because the run stopped first, is in neither list.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer store cannot be used.
    """
    answers, tally = run_all(llm, questions(prompt or synonym_prompt(), reader, candidates), on_answer=on_answer)
    verdicts, failed = list[PairVerdict](), list[tuple[str, str, str]]()
    for answer in answers:
        source, target = answer.request.key
        if answer.value is not None:
            verdicts.append(PairVerdict(source, target, judge=f"model:{reader.name}", **answer.value))
        elif not answer.left:
            failed.append((source, target, answer.error or "no answer"))
    return Asked(tuple(verdicts), tuple(failed), tally)


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
