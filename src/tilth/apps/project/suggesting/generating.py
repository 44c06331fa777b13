"""Queries that an LLM writes for items that nothing else reaches, and what they are like."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.asking.jobs import ROWS_AT_ONCE, ask_rows
from tilth.apps.project.asking.llms import OpenLLM, asked_as
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress, known_cost
from tilth.apps.project.results import tally_json
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import normal_form
from tilth.data import read_parquet, write_json, write_parquet
from tilth.errors import ConfigError
from tilth.llm import Answer, Request, Tally
from tilth.records import Entities
from tilth.suggest import SuggestConfig
from tilth.suggest.candidates import CANDIDATE_SCHEMA, merged
from tilth.suggest.filter.reasons import reason_of
from tilth.suggest.generate import (
    ASKED_SCHEMA,
    WRITTEN_SCHEMA,
    Writer,
    distinctive_words,
    overlap,
    questions_of,
    to_candidates,
    to_rows,
)
from tilth.suggest.generate.ask import ERROR

STEP = "suggest"


@dataclass(frozen=True)
class Overlap:
    """Mean share of the words of queries that stand in a title: of the LLM's queries in that of their own item, and in
    that of their best result; and of people's queries in that of their best result. NaN where there are none."""

    with_source: float
    with_best: float
    people_with_best: float


@dataclass(frozen=True)
class Generation:
    """What an LLM wrote for `items` items. `rejected`: queries that broke a rule of the question, by reason."""

    name: str
    items: int
    queries: int
    rejected: dict[str, int]
    failures: dict[str, int]
    overlap: Overlap
    tally: Tally
    path: Path
    stopped: str | None = None

    @property
    def cost_usd(self) -> float | None:
        return known_cost(self.tally)

    def to_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("name", "items", "queries", "rejected", "failures", "stopped")}
        return {**counts, "overlap": asdict(self.overlap), **tally_json(self.tally), "path": str(self.path)}


@dataclass(frozen=True)
class WriteTask:
    """Ask for queries about each item."""

    name: str
    config: SuggestConfig

    @property
    def keys(self) -> tuple[str, ...]:
        return ("item_id",)

    @property
    def schema(self) -> pa.Schema:
        return WRITTEN_SCHEMA

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        return questions_of(self.config, Writer(self.name, llm.model, llm.endpoint, llm.sampling), partition)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:  # noqa: ARG002 - rows name no writer
        return to_rows(answers)


def writer_name(inputs: Inputs) -> str:
    """Raises:
    ConfigError: `[suggest.generate]` names no LLM.
    """
    name = inputs.config.suggest.generate.llm
    if name is None:
        raise ConfigError('tilth.toml: [suggest.generate] names no llm\n  hint: llm = "writer", one of your [llm.NAME]')
    return name


def writing_questions(name: str, items: Entities, index: SearchIndex, inputs: Inputs) -> Iterator[Request]:
    """What `suggest generate` asks the LLM called `name` about `items`, in their order, made as it is looked at."""
    config = inputs.config.suggest
    writer = Writer(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    for start in range(0, len(items), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(items)))
        yield from questions_of(config, writer, to_ask(items.take(rows), index, config))


def to_ask(items: Entities, index: SearchIndex, config: SuggestConfig) -> pa.Table:
    """A table of ASKED_SCHEMA."""
    table = items.table
    category = table["category"] if "category" in table.column_names else pa.nulls(len(table), pa.string())
    forbidden = distinctive_words(table, index, config.generate.forbidden)
    columns = [table["id"], table["title"], table["text"], category, pa.array(forbidden, pa.list_(pa.string()))]
    return pa.table([*columns], schema=ASKED_SCHEMA)


def generate(
    items: Entities,
    index: SearchIndex,
    people: pa.Table | None,
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    allowance: Allowance,
) -> Generation:
    """Ask about `items` in their order and write `suggest/generated.parquet`; what earlier runs wrote for others stays.

    `people`: candidates of the log, to compare with.
    """
    config, name = inputs.config, writer_name(inputs)
    asked = to_ask(items, index, config.suggest)
    task = WriteTask(name, config.suggest)
    state = RunState.begin(work, f"{STEP}-{name}")
    written, tally = ask_rows(task, name, asked, inputs, work, progress, allowance, doing="writes queries")
    failures = Counter[str](written.filter(pc.is_valid(written[ERROR]))[ERROR].to_pylist())
    refuse_if_all_failed(name, failures, failed=failures.total(), asked=len(asked) - tally.left)
    found = to_candidates(written.filter(pc.is_null(written[ERROR])), asked, name, config.suggest)
    path = work / "suggest" / "generated.parquet"
    write_parquet(merged([found, *_of_others(path, asked)]), path)
    rejected = Counter(reason_of(fault) for fault in found["rejected"].drop_null().to_pylist())
    compared = _overlap(found, people, index, inputs.items)
    ended = state.end(tally)
    result = Generation(name, len(asked), len(found), dict(rejected), dict(failures), compared, tally, path, ended)
    write_json(result.to_json(), work / "suggest" / "generate.json")
    return result


def _of_others(path: Path, asked: pa.Table) -> list[pa.Table]:
    """What earlier runs wrote for items that were not asked about now."""
    if not path.exists():
        return []
    table = read_parquet(path)
    if not table.schema.equals(CANDIDATE_SCHEMA):
        return []
    now = set(asked["id"].to_pylist())
    keep = [not now & set(ids or []) for ids in table["item_ids"].to_pylist()]
    return [table.filter(pa.array(keep, pa.bool_()))]


def _overlap(found: pa.Table, people: pa.Table | None, index: SearchIndex, items: Entities) -> Overlap:
    titles = [normal_form(title) for title in items.titles()]

    def best(table: pa.Table) -> tuple[list[str], list[str]]:
        queries = table["normal"].to_pylist()
        hits = index.search_many(queries, 1)
        rows = [int(items.rows_of(pa.array(one.ids, pa.string()))[0]) if len(one) else -1 for one in hits]
        pairs = [(query, titles[row]) for query, row in zip(queries, rows, strict=True) if row >= 0]
        return [query for query, _ in pairs], [title for _, title in pairs]

    usable = found.filter(pc.is_null(found["rejected"]))
    sources = [ids[0] for ids in usable["item_ids"].to_pylist()]
    own = [titles[row] for row in items.rows_of(pa.array(sources, pa.string())).tolist()]
    with_people = overlap(*best(people)) if people is not None and len(people) else float("nan")
    return Overlap(overlap(usable["normal"].to_pylist(), own), overlap(*best(usable)), with_people)
