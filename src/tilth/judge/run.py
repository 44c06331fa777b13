"""Label pairs: rubric + pairs -> questions -> answers -> judgments."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tilth.judge.prompt import lead_messages, user_text
from tilth.judge.rubric import Rubric
from tilth.llm import Answer, Client, Message, Request, Tally, run_all
from tilth.records import JUDGMENT_SCHEMA, Entities, Judgments, Pairs

RAW_CHARS_KEPT = 4000
ROWS_AT_ONCE = 2000
TEXT_SCHEMA = pa.schema(
    [
        pa.field(name, pa.string(), nullable=False)
        for name in ("context_id", "item_id", "context_title", "context_text", "item_title", "item_text")
    ]
)
"""A pair with its texts: all that a question is made of."""


@dataclass(frozen=True)
class Teacher:
    """An LLM in the role of a labeller."""

    name: str
    model: str
    endpoint: str
    sampling: dict[str, Any]

    @property
    def source(self) -> str:
        return f"model:{self.name}"


@dataclass(frozen=True)
class Labelled:
    """What a labelling run gave: one judgment per pair, in the pairs' order, and what it took."""

    judgments: Judgments
    tally: Tally


def run(
    rubric: Rubric,
    teacher: Teacher,
    contexts: Entities,
    items: Entities,
    pairs: Pairs,
    *,
    llm: Client,
    shots: tuple[tuple[str, str], ...] = (),
    on_answer: Callable[[Answer, Tally], None] | None = None,
) -> Labelled:
    """Ask `teacher` about every pair. A failed answer becomes a judgment without a label that says why; a pair that was
    left, because the run stopped first, has none.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer store cannot be used.
    """
    requests = questions(rubric, teacher, contexts, items, pairs, shots)
    answers, tally = run_all(llm, requests, on_answer=on_answer)
    return Labelled(to_judgments(rubric, teacher, [answer for answer in answers if not answer.left]), tally)


def questions(
    rubric: Rubric,
    teacher: Teacher,
    contexts: Entities,
    items: Entities,
    pairs: Pairs,
    shots: tuple[tuple[str, str], ...] = (),
) -> Iterator[Request]:
    """One request per pair, made when it is needed. Ids must be known (`tilth.data.keep_known`)."""
    for part in with_texts(contexts, items, pairs):
        yield from questions_of(rubric, teacher, part, shots)


def with_texts(contexts: Entities, items: Entities, pairs: Pairs, rows: int = ROWS_AT_ONCE) -> Iterator[pa.Table]:
    """The pairs with the texts of both sides, `rows` at a time: tables of `TEXT_SCHEMA`."""
    table = pairs.table.select(["context_id", "item_id"])
    sides = (
        (contexts.table, contexts.rows_of(table["context_id"])),
        (items.table, items.rows_of(table["item_id"])),
    )
    for start in range(0, len(table), rows):
        part = table.slice(start, rows)
        texts = [
            entities.select(["title", "text"]).take(pa.array(found[start : start + rows])) for entities, found in sides
        ]
        columns = [*part.columns, *texts[0].columns, *texts[1].columns]
        yield pa.Table.from_arrays(columns, schema=TEXT_SCHEMA)


def questions_of(
    rubric: Rubric, teacher: Teacher, part: pa.Table, shots: tuple[tuple[str, str], ...] = ()
) -> Iterator[Request]:
    """One request per row of a table of `TEXT_SCHEMA`."""
    schema, lead = rubric.answer_schema(), lead_messages(rubric, shots)
    for start in range(0, len(part), ROWS_AT_ONCE):
        columns = [column.to_pylist() for column in part.slice(start, ROWS_AT_ONCE).columns]
        for context_id, item_id, context_title, context_text, item_title, item_text in zip(*columns, strict=True):
            question = user_text(rubric.file, (context_title, context_text), (item_title, item_text))
            yield Request(
                model=teacher.model,
                messages=(*lead, Message("user", question)),
                schema=schema,
                schema_name="judgment",
                sampling=teacher.sampling,
                endpoint=teacher.endpoint,
                key=(context_id, item_id),
            )


def to_judgments(rubric: Rubric, teacher: Teacher, answers: Sequence[Answer]) -> Judgments:
    """Answers as judgments, with full provenance."""
    count = len(answers)
    values = [answer.value or {} for answer in answers]
    columns: dict[str, Any] = {
        "context_id": [answer.request.key[0] for answer in answers],
        "item_id": [answer.request.key[1] for answer in answers],
        "source": [teacher.source] * count,
        "grade": [_number(value.get("grade")) for value in values],
        "p": [_number(value.get("p")) for value in values],
        "reasons": [value.get("reasons", []) if value else None for value in values],
        "error": [answer.error for answer in answers],
        "raw": [None if answer.raw is None else answer.raw[:RAW_CHARS_KEPT] for answer in answers],
        "prompt_tokens": [answer.usage.prompt_tokens for answer in answers],
        "completion_tokens": [answer.usage.completion_tokens for answer in answers],
        "cost_usd": [answer.cost_usd for answer in answers],
        "latency_s": [answer.latency_s for answer in answers],
        "rubric_hash": [rubric.digest] * count,
        "prompt_hash": [answer.request.fingerprint for answer in answers],
        "created_at": [datetime.datetime.now(datetime.UTC)] * count,
    }
    return Judgments(pa.Table.from_pydict(columns, schema=JUDGMENT_SCHEMA))


def _number(value: int | float | None) -> float | None:
    return None if value is None else float(value)
