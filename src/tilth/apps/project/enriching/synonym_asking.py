"""Asking an LLM about pairs of terms, and for terms that stand for words of queries without results."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.asking.jobs import ask_rows
from tilth.apps.project.asking.llms import OpenLLM, asked_as, refuse_unknown
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.enriching.mined import logs_of
from tilth.apps.project.enriching.searching import RULES, project_index
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress, known_cost
from tilth.apps.project.results import tally_json
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.data import read_parquet, write_parquet
from tilth.enrich import Reader
from tilth.enrich.synonyms import (
    ANSWER_SCHEMA,
    PROPOSAL_SCHEMA,
    SAID_SCHEMA,
    VERDICT_SCHEMA,
    Candidate,
    PairVerdict,
    Vocabulary,
    answer_table,
    checked,
    from_table,
    mine,
    pair_table,
    proposal_questions,
    propose_prompt,
    proposed,
    questions,
    said_table,
    synonym_prompt,
    thin_queries,
    thin_table,
    to_table,
    unasked,
    verdicts_of,
)
from tilth.enrich.wording import Wording
from tilth.errors import ConfigError, DataError
from tilth.llm import Answer, Request, Tally

STEP, VERDICTS_RUN, PROPOSALS_RUN = "synonyms", "verdicts", "proposals"
VERDICTS, PROPOSALS = "verdicts.parquet", "proposed.parquet"
PAIR_KEYS, QUERY_KEYS = ("context_id", "item_id"), ("context_id",)
"""Recorded answers name the columns of source and target, and of the query, so."""


@dataclass(frozen=True)
class VerdictTask:
    """Ask whether two terms may stand for each other."""

    name: str
    prompt: Wording
    keys: tuple[str, ...] = PAIR_KEYS
    schema: pa.Schema = ANSWER_SCHEMA

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        return questions(self.prompt, Reader(self.name, llm.model, llm.endpoint, llm.sampling), partition)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:  # noqa: ARG002 - rows name no judge
        return answer_table(answers)


@dataclass(frozen=True)
class ProposeTask:
    """Ask which terms of the catalog stand for words of a query."""

    name: str
    prompt: Wording
    keys: tuple[str, ...] = QUERY_KEYS
    schema: pa.Schema = SAID_SCHEMA

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        return proposal_questions(self.prompt, Reader(self.name, llm.model, llm.endpoint, llm.sampling), partition)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:  # noqa: ARG002 - rows name no judge
        return said_table(answers)


@dataclass(frozen=True)
class AskedPairs:
    """The LLM's run over pairs: `asked` of them, `failed` without a usable answer, by why."""

    name: str
    asked: int
    failed: dict[str, int]
    tally: Tally
    stopped: str | None

    @property
    def cost_usd(self) -> float | None:
        return known_cost(self.tally)


@dataclass(frozen=True)
class Proposed:
    """What an LLM proposed for `asked` queries: `usable` terms, and the others by what is wrong with them."""

    name: str
    asked: int
    usable: int
    rejected: dict[str, int]
    failed: dict[str, int]
    examples: tuple[str, ...]
    tally: Tally
    path: Path
    stopped: str | None = None

    @property
    def cost_usd(self) -> float | None:
        return known_cost(self.tally)

    def to_json(self) -> dict[str, Any]:
        names = ("name", "asked", "usable", "rejected", "failed", "stopped")
        counts = {name: getattr(self, name) for name in names}
        return {**counts, "examples": list(self.examples), **tally_json(self.tally), "path": str(self.path)}


def judge_of_pairs(inputs: Inputs) -> str:
    """Raises:
    ConfigError: `[enrich.synonyms]` names no LLM, or one that is not defined.
    """
    return _named(inputs, inputs.config.enrich.synonyms.llm, "llm")


def proposer_of(inputs: Inputs) -> str:
    """Raises:
    ConfigError: `[enrich.synonyms]` names no LLM, or one that is not defined.
    """
    config = inputs.config.enrich.synonyms
    return _named(inputs, config.proposer or config.llm, "proposer")


def _named(inputs: Inputs, name: str | None, key: str) -> str:
    if name is None:
        raise ConfigError(f'tilth.toml: [enrich.synonyms] names no {key}\n  hint: {key} = "one of your [llm.NAME]"')
    refuse_unknown([name], inputs.config)
    return name


def candidates_of(inputs: Inputs, work: Path) -> list[Candidate]:
    """What the miners find, and what an LLM proposed.

    Raises:
        ConfigError: a setting is out of range.
        DataError: a file cannot be used.
    """
    found = mine(inputs.items, list(logs_of(inputs)), inputs.config.enrich.synonyms)
    return [*found, *proposed(stored_proposals(work))]


def known_verdicts(work: Path) -> list[PairVerdict]:
    """What was decided before."""
    path = work / RULES / VERDICTS
    return from_table(read_parquet(path).select(VERDICT_SCHEMA.names)) if path.is_file() else []


def add_verdicts(work: Path, verdicts: Sequence[PairVerdict], prompt: str | None) -> None:
    """Write down what was decided, beside what was before."""
    path = work / RULES / VERDICTS
    before = [read_parquet(path)] if path.is_file() else []
    write_parquet(pa.concat_tables([*before, to_table(verdicts, prompt, datetime.now(UTC))]), path)


def stored_proposals(work: Path) -> pa.Table:
    path = work / RULES / PROPOSALS
    return read_parquet(path).select(PROPOSAL_SCHEMA.names) if path.is_file() else PROPOSAL_SCHEMA.empty_table()


def pair_questions(inputs: Inputs, work: Path, name: str) -> Iterator[Request]:
    """What the LLM called `name` would be asked about pairs now."""
    wanted = unasked(candidates_of(inputs, work), known_verdicts(work))
    reader = Reader(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    yield from questions(synonym_prompt(), reader, pair_table(wanted))


def query_questions(inputs: Inputs, work: Path, name: str) -> Iterator[Request]:
    """What the LLM called `name` would be asked about queries now."""
    reader = Reader(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    yield from proposal_questions(propose_prompt(), reader, _thin(inputs, work))


def ask_about_pairs(
    wanted: Sequence[Candidate], inputs: Inputs, work: Path, progress: Progress, allowance: Allowance
) -> AskedPairs:
    """Ask about each pair once, and write down what was said.

    Raises:
        ConfigError: no LLM is named.
        LLMError: the endpoint refuses all calls, or not one answer is usable.
    """
    name, prompt = judge_of_pairs(inputs), synonym_prompt()
    state = RunState.begin(work, f"{STEP}-{VERDICTS_RUN}")
    if not wanted:
        return AskedPairs(name, 0, {}, Tally(), state.end(Tally()))
    task, places = VerdictTask(name, prompt), (inputs, work, progress, allowance)
    rows, tally = ask_rows(task, name, pair_table(wanted), *places, doing="reads pairs")
    failed = _failures(rows)
    refuse_if_all_failed(name, failed, failed=failed.total(), asked=len(wanted) - tally.left)
    add_verdicts(work, verdicts_of(rows, f"model:{name}"), prompt.digest)
    return AskedPairs(name, len(wanted), dict(failed.most_common(10)), tally, state.end(tally))


def ask_for_terms(inputs: Inputs, work: Path, progress: Progress, allowance: Allowance) -> Proposed:
    """Ask for terms of the catalog that stand for words of queries that find nothing, or that few ask; check them, and
    write `rules/proposed.parquet`. What earlier runs proposed for other queries stays.

    Raises:
        ConfigError: no LLM is named.
        DataError: there is no log, or no such query in it.
        LLMError: the endpoint refuses all calls, or not one answer is usable.
    """
    name, prompt, config = proposer_of(inputs), propose_prompt(), inputs.config.enrich.synonyms
    progress.start("queries without results", None)
    asked = _thin(inputs, work)
    progress.finish()
    state = RunState.begin(work, f"{STEP}-{PROPOSALS_RUN}")
    task, places = ProposeTask(name, prompt), (inputs, work, progress, allowance)
    said, tally = ask_rows(task, name, asked, *places, doing="reads queries")
    failed = _failures(said)
    refuse_if_all_failed(name, failed, failed=failed.total(), asked=len(asked) - tally.left)
    found = checked(
        said,
        Vocabulary.of(project_index(inputs.items, work), asked["query"].to_pylist()),
        judge=f"model:{name}",
        prompt=prompt.digest,
        least_confidence=config.least_confidence,
        created_at=datetime.now(UTC),
    )
    before, path = stored_proposals(work), work / RULES / PROPOSALS
    answered = said.filter(pc.is_null(said["error"]))["query"].combine_chunks()
    others = before.filter(pc.invert(pc.is_in(before["query"], value_set=answered)))
    write_parquet(pa.concat_tables([others, found]), path)
    usable = proposed(found)
    rejected = Counter[str](found["rejected"].drop_null().to_pylist())
    examples = tuple(f"{one.source} -> {one.target}" for one in usable[:5])
    reasons = dict(rejected.most_common()), dict(failed.most_common(10))
    return Proposed(name, len(asked), len(usable), *reasons, examples, tally, path, state.end(tally))


def _thin(inputs: Inputs, work: Path) -> pa.Table:
    if inputs.config.data.searches is None:
        hint = "name a query log under [data.searches]"
        raise DataError("there is no log to see what finds nothing", path="tilth.toml", hint=hint)
    config = inputs.config.enrich.synonyms
    queries = thin_queries(logs_of(inputs), users=config.users)[: config.propose_at_most]
    if not queries:
        hint = "name the columns [data.searches] results and clicked, or lower [enrich.synonyms] users"
        raise DataError("no query of the log finds nothing or is left without a click", path="tilth.toml", hint=hint)
    return thin_table(queries, project_index(inputs.items, work))


def _failures(rows: pa.Table) -> Counter[str]:
    return Counter(rows["error"].drop_null().to_pylist())
