"""Label pairs: rubric + pairs -> questions -> answers -> judgments."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tilth.judge.prompt import messages
from tilth.judge.rubric import Rubric
from tilth.llm import Answer, Client, Request, Tally, run_all
from tilth.records import JUDGMENT_SCHEMA, Entities, Judgments, Pairs

RAW_CHARS_KEPT = 4000


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
    """Ask `teacher` about every pair. A failed answer becomes a judgment without a label that says why.

    Raises:
        LLMError: the endpoint refuses all calls, or the answer cache cannot be used.
    """
    requests = questions(rubric, teacher, contexts, items, pairs, shots)
    answers, tally = run_all(llm, requests, on_answer=on_answer)
    return Labelled(to_judgments(rubric, teacher, answers), tally)


def questions(
    rubric: Rubric,
    teacher: Teacher,
    contexts: Entities,
    items: Entities,
    pairs: Pairs,
    shots: tuple[tuple[str, str], ...] = (),
) -> list[Request]:
    """One request per pair. Ids must be known (`tilth.data.keep_known`)."""
    schema = rubric.answer_schema()
    context_sides, item_sides = _sides(contexts), _sides(items)
    context_rows, item_rows = contexts.rows_of(pairs.table["context_id"]), items.rows_of(pairs.table["item_id"])
    keys = zip(pairs.table["context_id"].to_pylist(), pairs.table["item_id"].to_pylist(), strict=True)
    return [
        Request(
            model=teacher.model,
            messages=messages(rubric, context_sides[context_row], item_sides[item_row], shots),
            schema=schema,
            schema_name="judgment",
            sampling=teacher.sampling,
            endpoint=teacher.endpoint,
            key=key,
        )
        for context_row, item_row, key in zip(context_rows, item_rows, keys, strict=True)
    ]


def to_judgments(rubric: Rubric, teacher: Teacher, answers: Sequence[Answer]) -> Judgments:
    """Answers as judgments, with full provenance."""
    now = datetime.datetime.now(datetime.UTC)
    rows = [
        {
            "context_id": answer.request.key[0],
            "item_id": answer.request.key[1],
            "source": teacher.source,
            **_label(answer.value),
            "error": answer.error,
            "raw": answer.raw[:RAW_CHARS_KEPT] if answer.raw is not None else None,
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "cost_usd": answer.cost_usd,
            "latency_s": answer.latency_s,
            "rubric_hash": rubric.digest,
            "prompt_hash": answer.request.fingerprint,
            "created_at": now,
        }
        for answer in answers
    ]
    return Judgments(pa.Table.from_pylist(rows, schema=JUDGMENT_SCHEMA))


def _label(value: dict[str, Any] | None) -> dict[str, Any]:
    if value is None:
        return {"grade": None, "p": None, "reasons": None}
    return {"grade": float(value["grade"]), "p": float(value["p"]), "reasons": value.get("reasons", [])}


def _sides(entities: Entities) -> list[tuple[str, str]]:
    return list(zip(entities.titles(), entities.texts(), strict=True))
