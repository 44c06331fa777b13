"""Asking an LLM about the queries that a project's speller is unsure of, and keeping what it settles."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.apps.project.asking.jobs import ask_rows
from tilth.apps.project.asking.llms import OpenLLM, asked_as
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.enriching.reading import reader_name
from tilth.apps.project.enriching.spelling_building import (
    need_speller,
    queries_of,
    speller_folder,
    stored_settled,
    write_settled,
)
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress, known_cost
from tilth.apps.project.results import tally_json
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.artifacts.speller import FixedQuery, write_speller
from tilth.data import write_json
from tilth.enrich import Reader
from tilth.enrich.spell import (
    hard_cases,
    learn_from,
    questions,
    spelling_prompt,
    with_exceptions,
    without_source,
)
from tilth.enrich.wording import Wording
from tilth.errors import DataError
from tilth.llm import Answer, Request, Tally

STEP, RUN_NAME = "enrich", "spell"
KEYS = ("context_id",)
"""A query is a context; recorded answers name its column so."""
OUTCOME_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("text", pa.string()),
        pa.field("why", pa.string()),
    ]
)
"""What became of a question: `outcome` is settled, unsure or refused; `text` is null where a query stays as it is."""


@dataclass(frozen=True)
class SpellAskRun:
    """What an LLM said about hard queries."""

    llm: str
    asked: int
    corrected: int
    kept: int
    """Right as they are, it said."""
    unsure: int
    refused: dict[str, int]
    """Answers that could not be used, by why."""
    tally: Tally
    path: Path
    stopped: str | None = None

    @property
    def name(self) -> str:
        return self.llm

    @property
    def cost_usd(self) -> float | None:
        return known_cost(self.tally)

    def to_json(self) -> dict[str, Any]:
        return {
            "llm": self.llm,
            "asked": self.asked,
            "corrected": self.corrected,
            "kept": self.kept,
            "unsure": self.unsure,
            "refused": self.refused,
            **tally_json(self.tally),
            "stopped": self.stopped,
            "path": str(self.path),
        }


@dataclass(frozen=True)
class SpellTask:
    """Ask what people meant by each query."""

    name: str
    prompt: Wording
    keys: tuple[str, ...] = KEYS
    schema: pa.Schema = OUTCOME_SCHEMA

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        return questions(self.prompt, Reader(self.name, llm.model, llm.endpoint, llm.sampling), partition)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:  # noqa: ARG002 - rows name no model
        learned = learn_from(answers, self.source)
        rows = [{"query": fixed.query, "outcome": "settled", "text": fixed.text} for fixed in learned.fixed]
        rows += [{"query": query, "outcome": "unsure"} for query in learned.unsure]
        rows += [{"query": query, "outcome": "refused", "why": why} for query, why in learned.refused]
        return pa.Table.from_pylist(rows, schema=OUTCOME_SCHEMA)

    @property
    def source(self) -> str:
        return f"model:{self.name}"


def ask_about_spelling(inputs: Inputs, work: Path, progress: Progress, allowance: Allowance) -> SpellAskRun:
    """Ask about the hard queries of the log; what is settled becomes an exception of the speller, with its source.

    Raises:
        ConfigError: `[enrich]` names no llm.
        ArtifactError: there is no speller yet.
        DataError: there are no queries.
        LLMError: the endpoint refuses all calls, or not one answer is usable.
    """
    name, speller = reader_name(inputs), need_speller(work)
    cases = hard_queries(inputs, work, progress)
    task = SpellTask(name, spelling_prompt())
    state = RunState.begin(work, f"{STEP}-{RUN_NAME}")
    found, tally = ask_rows(task, name, cases, inputs, work, progress, allowance, doing="reads queries")
    rows = found.to_pylist()
    refused = Counter(row["why"] for row in rows if row["outcome"] == "refused")
    refuse_if_all_failed(name, refused, failed=refused.total(), asked=len(cases) - tally.left)
    fixed = [FixedQuery(row["query"], row["text"], task.source) for row in rows if row["outcome"] == "settled"]
    path = write_settled(work, [*stored_settled(work), *fixed])
    write_speller(speller_folder(work), with_exceptions(speller, fixed))
    counts = Counter("kept" if row.text is None else "corrected" for row in fixed)
    unsure = sum(row["outcome"] == "unsure" for row in rows)
    figures = (len(cases), counts["corrected"], counts["kept"], unsure, dict(refused.most_common(10)))
    result = SpellAskRun(name, *figures, tally, path, state.end(tally))
    write_json(result.to_json(), path.with_name("asked.json"))
    return result


def spelling_questions(inputs: Inputs, work: Path, progress: Progress) -> tuple[str, list[Request]]:
    """The name of the LLM, and what it would be asked now."""
    name = reader_name(inputs)
    reader = Reader(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    return name, list(questions(spelling_prompt(), reader, hard_queries(inputs, work, progress)))


def hard_queries(inputs: Inputs, work: Path, progress: Progress) -> pa.Table:
    """The frequent queries that the project's speller is unsure of, as `HARD_SCHEMA`.

    Raises:
        ArtifactError: there is no speller yet.
        DataError: there are no queries.
    """
    config, speller = inputs.config.enrich.spell, need_speller(work)
    queries = queries_of(inputs, progress)
    if not queries:
        hint = "name a query log under [data.searches], or set [enrich.spell] contexts_are_queries = true"
        raise DataError("there are no queries to ask about", path="tilth.toml", hint=hint)
    return hard_cases(speller, queries[: config.head], within=config.ask_within, limit=config.ask_at_most)


def forget_source(work: Path, source: str) -> int:
    """Take out of the speller what `source` (`model:<name>`) has settled; returns how many queries that were.

    Raises:
        DataError: it has settled none.
        ArtifactError: there is no speller.
    """
    settled = stored_settled(work)
    left = [row for row in settled if row.source != source]
    if len(left) == len(settled):
        known = ", ".join(sorted({row.source for row in settled})) or "none"
        raise DataError(f"'{source}' has settled no query", hint=f"sources that have: {known}")
    speller = without_source(need_speller(work), source)
    write_settled(work, left)
    write_speller(speller_folder(work), speller)
    return len(settled) - len(left)
