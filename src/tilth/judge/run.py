"""Label pairs: rubric + pairs -> questions -> answers -> judgments."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.judge.prompt import lead_messages, user_text
from tilth.judge.rubric import Rubric
from tilth.llm import Answer, Client, Message, Request, Session, Tally
from tilth.records import JUDGMENT_SCHEMA, Entities, Judgments, Pairs

RAW_CHARS_KEPT = 4000
ROWS_AT_ONCE = 2000


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
    """`label` for as many pairs as fit into memory.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer store cannot be used.
    """
    tally = Tally()
    with Session(llm) as session:
        requests = questions(rubric, teacher, contexts, items, pairs, shots)
        parts = [part.table for part in label(rubric, teacher, requests, llm=session, tally=tally, on_answer=on_answer)]
    return Labelled(Judgments(pa.concat_tables(parts) if parts else JUDGMENT_SCHEMA.empty_table()), tally)


def label(
    rubric: Rubric,
    teacher: Teacher,
    requests: Iterable[Request],
    *,
    llm: Session,
    tally: Tally,
    on_answer: Callable[[Answer, Tally], None] | None = None,
) -> Iterator[Judgments]:
    """Ask the questions and give the judgments, some thousands at a time, in their order.

    A failed answer becomes a judgment without a label that says why. A pair that was left, because the run stopped
    first, has none; `tally` counts it.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer store cannot be used.
    """
    answers = llm.ask(requests, tally=tally, on_answer=on_answer)
    while batch := list(islice(answers, ROWS_AT_ONCE)):
        asked = [answer for answer in batch if not answer.left]
        if asked:
            yield to_judgments(rubric, teacher, asked)


def questions(
    rubric: Rubric,
    teacher: Teacher,
    contexts: Entities,
    items: Entities,
    pairs: Pairs,
    shots: tuple[tuple[str, str], ...] = (),
) -> Iterator[Request]:
    """One request per pair, made when it is needed. Ids must be known (`tilth.data.keep_known`)."""
    schema, lead = rubric.answer_schema(), lead_messages(rubric, shots)
    table = pairs.table
    context_rows, item_rows = contexts.rows_of(table["context_id"]), items.rows_of(table["item_id"])
    for start in range(0, len(table), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        ids = (table[name].slice(start, ROWS_AT_ONCE).to_pylist() for name in ("context_id", "item_id"))
        sides = (_sides(contexts, context_rows[part]), _sides(items, item_rows[part]))
        for context_id, item_id, context, item in zip(*ids, *sides, strict=True):
            yield Request(
                model=teacher.model,
                messages=(*lead, Message("user", user_text(rubric.file, context, item))),
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


def _sides(entities: Entities, rows: NDArray[np.int64]) -> Iterator[tuple[str, str]]:
    """Title and text of each row."""
    part = entities.table.select(["title", "text"]).take(pa.array(rows))
    return zip(part["title"].to_pylist(), part["text"].to_pylist(), strict=True)
