"""Reading attributes out of a project's entities, and keeping them in its work folder."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.asking.jobs import ask_rows
from tilth.apps.project.asking.llms import OpenLLM
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.enriching.merging import merge_side, merged_side, stored_read, table_to_ask, way_of
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.apps.project.results import ReadingRun
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.apps.project.stored import attributes_of, attributes_path, read_path
from tilth.data import write_json, write_parquet
from tilth.data.gaps import member_ids
from tilth.enrich import AttributeConfig, Reader, Way
from tilth.enrich.attributes import questions_of, row_schema, to_reading, to_rows
from tilth.enrich.values import ASKED, agreement_of
from tilth.errors import ConfigError, DataError
from tilth.llm import Answer, Request
from tilth.records import Entities, Gaps, Role


def reader_name(inputs: Inputs) -> str:
    """Raises:
    ConfigError: `[enrich]` names no LLM, or asks several times where there is one recorded answer.
    """
    name = inputs.config.enrich.llm
    if name is None:
        raise ConfigError('tilth.toml: [enrich] names no llm\n  hint: llm = "teacher", one of your [llm.NAME]')
    if inputs.config.enrich.repeats > 1 and inputs.config.llm[name].provider == "recorded":
        hint = "set repeats = 1, or name an endpoint that can be asked again"
        raise ConfigError(f"[enrich] repeats: [llm.{name}] holds one recorded answer to each question\n  hint: {hint}")
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
    """Read the attributes of one side, or of `some` of it: those that the catalog lacks. Writes what was read to
    `attributes/read/<role>.parquet`, and together with what exists to `attributes/<role>.parquet`.

    What earlier runs read of others than `some` stays, as long as the attributes are the same.
    """
    config, name = inputs.config, reader_name(inputs)
    everything = inputs.contexts if role == "context" else inputs.items
    entities = everything if some is None else some
    attributes = attributes_of(config.enrich, role)
    task, to_ask = ReadTask(name, role, attributes, way_of(config.enrich)), table_to_ask(role, inputs, entities)
    state = RunState.begin(work, f"enrich-{role}")
    places, repeats = (inputs, work, progress, allowance or Allowance()), config.enrich.repeats
    rows, tally = ask_rows(task, name, to_ask, *places, doing=f"reads {role}s", repeats=repeats)
    reading = to_reading(attributes, role, rows, tally)
    reasons = Counter(failure.error for failure in reading.failures)
    heard = len(reading.values) + len(reading.failures)
    refuse_if_all_failed(name, reasons, failed=len(reading.failures), asked=heard)
    path = attributes_path(work, role)
    if len(reading.values) or not tally.left:
        earlier = None if some is None else stored_read(work, role, attributes)
        write_parquet(_joined(reading.values, earlier, entities), read_path(work, role))
        merged = merge_side(role, inputs, work)
    else:  # what an earlier run read stays as it is
        merged = merged_side(role, inputs, work)
    result = ReadingRun(
        role=role,
        asked=len(to_ask),
        read=len(reading.values),
        filled=_filled(reading.values, attributes),
        failures=reading.failures,
        tally=tally,
        path=path,
        stopped=state.end(tally),
        repeats=repeats,
        complete=len(entities) - len(to_ask),
        agreement=_agreement(reading.values, attributes),
        existing=merged.existing,
        conflicts=len(merged.conflicts),
        open_conflicts=sum(not conflict.resolution for conflict in merged.conflicts),
        unsure=len(merged.unsure),
    )
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


@dataclass(frozen=True)
class ReadTask:
    """Read a closed schema out of each entity."""

    name: str
    role: Role
    attributes: Mapping[str, AttributeConfig]
    way: Way

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"{self.role}_id",)

    @property
    def schema(self) -> pa.Schema:
        return row_schema(self.attributes)

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        reader = Reader(self.name, llm.model, llm.endpoint, llm.sampling)
        return questions_of(self.attributes, reader, self.role, partition, self.way)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:  # noqa: ARG002 - rows name no reader
        return to_rows(self.attributes, answers)


def _joined(read: pa.Table, earlier: pa.Table | None, asked: Entities) -> pa.Table:
    """What was read now, then what was read earlier of entities that were not asked about now."""
    if earlier is None:
        return read
    return pa.concat_tables([read, earlier.filter(pc.invert(pc.is_in(earlier["id"], value_set=asked.ids)))])


def _agreement(read: pa.Table, attributes: Mapping[str, AttributeConfig]) -> dict[str, float]:
    """Mean agreement of the values of each attribute that has any."""
    means: dict[str, float] = {}
    for name, attribute in attributes.items():
        shares = read[agreement_of(name)]
        mean = pc.mean(pc.list_flatten(shares) if attribute.type == "list" else shares).as_py()
        if mean is not None:
            means[name] = float(mean)
    return means


def _filled(read: pa.Table, attributes: Mapping[str, AttributeConfig]) -> dict[str, float]:
    """Share of the entities asked about each attribute that state it; an empty list states nothing."""
    shares: dict[str, float] = {}
    asked = read[ASKED].to_pylist()
    for name, attribute in attributes.items():
        values = read.filter(pa.array([name in names for names in asked], pa.bool_()))[name]
        stated = pc.greater(pc.list_value_length(values), 0) if attribute.type == "list" else pc.is_valid(values)
        shares[name] = float(pc.mean(pc.fill_null(stated, False)).as_py() or 0.0)
    return shares
