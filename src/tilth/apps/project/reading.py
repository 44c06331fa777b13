"""Reading attributes out of a project's entities, and keeping them in its work folder."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.llms import open_llm
from tilth.apps.project.progress import Progress, Ticker
from tilth.apps.project.results import ReadingRun
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.apps.project.spending import Allowance
from tilth.apps.project.stored import attributes_of, attributes_path
from tilth.data import write_json, write_parquet
from tilth.enrich import Reader, read_attributes
from tilth.errors import ConfigError
from tilth.records import Attributes, Role


def reader_name(inputs: Inputs) -> str:
    """Raises:
    ConfigError: `[enrich]` names no LLM.
    """
    name = inputs.config.enrich.llm
    if name is None:
        raise ConfigError('tilth.toml: [enrich] names no llm\n  hint: llm = "teacher", one of your [llm.NAME]')
    return name


def read_side(
    role: Role, inputs: Inputs, work: Path, progress: Progress, *, allowance: Allowance | None = None
) -> ReadingRun:
    """Read the attributes of one side and write `attributes/<role>.parquet`."""
    config, name = inputs.config.enrich, reader_name(inputs)
    entities = inputs.contexts if role == "context" else inputs.items
    schema = attributes_of(config, role)
    key = "context_id" if role == "context" else "item_id"
    run = (allowance or Allowance()).ledger
    state = RunState.begin(work, f"enrich-{role}")
    with open_llm(name, inputs.config, (key,), base=inputs.base, work=work, run=run) as llm:
        reader = Reader(name, llm.model, llm.endpoint, llm.sampling)
        progress.start(f"{name} reads {role}s", len(entities))
        reading = read_attributes(
            schema, reader, entities, llm=llm.client, max_chars=config.max_chars, on_answer=Ticker(progress)
        )
        progress.finish()
    reasons = Counter(failure.error for failure in reading.failures)
    asked = len(entities) - reading.tally.left
    refuse_if_all_failed(name, reasons, failed=len(reading.failures), asked=asked)
    path = attributes_path(work, role)
    write_parquet(reading.attributes.table, path)
    counts = (role, len(entities), len(reading.attributes.table), _filled(reading.attributes), reading.failures)
    result = ReadingRun(*counts, reading.tally, path, state.end(reading.tally))
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


def _filled(attributes: Attributes) -> dict[str, float]:
    """Share of the entities that state each attribute; an empty list states nothing."""
    table, shares = attributes.table, dict[str, float]()
    for name in attributes.names:
        column = table[name]
        is_list = pa.types.is_list(column.type)
        stated = pc.greater(pc.list_value_length(column), 0) if is_list else pc.is_valid(column)
        shares[name] = float(pc.mean(pc.fill_null(stated, False)).as_py() or 0.0)
    return shares
