"""Reading attributes out of a project's entities, and keeping them in its work folder."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.asking import ROWS_AT_ONCE, AskJob, ask, engine_of
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.llms import OpenLLM
from tilth.apps.project.progress import Progress
from tilth.apps.project.results import ReadingRun
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.apps.project.spending import Allowance
from tilth.apps.project.stored import attributes_of, attributes_path, stored_attributes
from tilth.data import write_json, write_parquet
from tilth.data.gaps import member_ids
from tilth.enrich import AttributeConfig, Reader
from tilth.enrich.attributes import questions_of, row_schema, to_reading, to_rows
from tilth.errors import ConfigError, DataError
from tilth.llm import Answer, Request, Tally
from tilth.records import Attributes, Entities, Gaps, Role


def reader_name(inputs: Inputs) -> str:
    """Raises:
    ConfigError: `[enrich]` names no LLM.
    """
    name = inputs.config.enrich.llm
    if name is None:
        raise ConfigError('tilth.toml: [enrich] names no llm\n  hint: llm = "teacher", one of your [llm.NAME]')
    return name


def members_of(gaps: Gaps, items: Entities) -> Entities:
    """The items that gaps are made of, in the gaps' order.

    Raises:
        DataError: none of them is in the catalog.
    """
    rows = items.rows_of(member_ids(gaps))
    if not (rows >= 0).any():
        hint = "the catalog has changed since: run `tilth audit` again"
        raise DataError("none of the gaps' items is in the catalog", hint=hint)
    return items.take(rows[rows >= 0])


def read_side(
    role: Role,
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    some: Entities | None = None,
    allowance: Allowance | None = None,
) -> ReadingRun:
    """Read the attributes of one side, or of `some` of it, and write `attributes/<role>.parquet`.

    What earlier runs read of others than `some` stays in the file, as long as the attributes are the same.
    """
    config, name = inputs.config, reader_name(inputs)
    everything = inputs.contexts if role == "context" else inputs.items
    entities = everything if some is None else some
    schema = attributes_of(config.enrich, role)
    ledger = (allowance or Allowance()).ledger
    job = AskJob(
        ReadTask(name, role, schema, config.enrich.max_chars),
        name,
        config,
        inputs.base.resolve(),
        work.resolve(),
        ledger,
    )
    state, tally, parts = RunState.begin(work, f"enrich-{role}"), Tally(), [row_schema(schema).empty_table()]
    progress.start(f"{name} reads {role}s", len(entities))
    for table, took in ask(engine_of(config), job, _parts(entities), progress):
        parts.append(table)
        tally += took
    progress.finish()
    reading = to_reading(schema, role, pa.concat_tables(parts), tally)
    reasons = Counter(failure.error for failure in reading.failures)
    refuse_if_all_failed(name, reasons, failed=len(reading.failures), asked=len(entities) - tally.left)
    path = attributes_path(work, role)
    if reading.attributes.table.num_rows or not tally.left:  # else what an earlier run read stays as it is
        earlier = None if some is None else stored_attributes(work, role)
        write_parquet(_joined(reading.attributes.table, earlier, entities), path)
    counts = (role, len(entities), len(reading.attributes.table), _filled(reading.attributes), reading.failures)
    result = ReadingRun(*counts, tally, path, state.end(tally))
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


@dataclass(frozen=True)
class ReadTask:
    """Read a closed schema out of each entity."""

    name: str
    role: Role
    attributes: Mapping[str, AttributeConfig]
    max_chars: int

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"{self.role}_id",)

    @property
    def schema(self) -> pa.Schema:
        return row_schema(self.attributes)

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        reader = Reader(self.name, llm.model, llm.endpoint, llm.sampling)
        return questions_of(self.attributes, reader, self.role, partition, self.max_chars)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:  # noqa: ARG002 - rows name no reader
        return to_rows(self.attributes, answers)


def _parts(entities: Entities) -> Iterator[pa.Table]:
    table = entities.table.select(["id", "title", "text"])
    for start in range(0, len(table), ROWS_AT_ONCE):
        yield table.slice(start, ROWS_AT_ONCE)


def _joined(read: pa.Table, earlier: Attributes | None, asked: Entities) -> pa.Table:
    """What was read now, then what was read earlier of entities that were not asked about now."""
    if earlier is None or not earlier.table.schema.equals(read.schema):
        return read
    return pa.concat_tables([read, earlier.table.filter(pc.invert(pc.is_in(earlier.table["id"], value_set=asked.ids)))])


def _filled(attributes: Attributes) -> dict[str, float]:
    """Share of the entities that state each attribute; an empty list states nothing."""
    table, shares = attributes.table, dict[str, float]()
    for name in attributes.names:
        column = table[name]
        is_list = pa.types.is_list(column.type)
        stated = pc.greater(pc.list_value_length(column), 0) if is_list else pc.is_valid(column)
        shares[name] = float(pc.mean(pc.fill_null(stated, False)).as_py() or 0.0)
    return shares
