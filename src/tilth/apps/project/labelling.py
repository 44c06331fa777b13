"""Running teachers and readers for a project, and keeping what they gave in its work folder."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.llms import open_llm
from tilth.apps.project.progress import Progress
from tilth.apps.project.results import JudgeRun, ReadingRun, known_cost
from tilth.data import Parts, read_parquet, write_json, write_parquet
from tilth.distill.parts import FEW_SHOT, gold_parts
from tilth.enrich import AttributeConfig, EnrichConfig, Reader, read_attributes
from tilth.errors import ConfigError, DataError, LLMError
from tilth.judge.rubric import Rubric
from tilth.judge.run import Teacher, run
from tilth.judge.shots import few_shots
from tilth.llm import Answer, Tally
from tilth.records import Attributes, Judgments, Pairs, Role


def judge_with(
    name: str,
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    pairs: Pairs | None = None,
    file_name: str | None = None,
) -> JudgeRun:
    """Label `pairs` (all by default) with teacher `name`; writes `judgments/<file_name or name>.parquet`."""
    pairs, rubric = inputs.pairs if pairs is None else pairs, inputs.rubric
    keys = ("context_id", "item_id")
    with open_llm(name, inputs.config.llm[name], keys, base=inputs.base, work=work) as llm:
        teacher = Teacher(name, llm.model, llm.endpoint, llm.sampling)
        progress.start(f"{name} labels", len(pairs))
        labelled = run(
            rubric,
            teacher,
            inputs.contexts,
            inputs.items,
            pairs,
            llm=llm.client,
            shots=shots_of(inputs),
            on_answer=_teller(progress),
        )
        progress.finish()
    errors = labelled.judgments.table["error"].drop_null().to_pylist()
    _refuse_if_all_failed(name, errors, asked=len(pairs))
    path = judgments_path(work, file_name or name)
    write_parquet(labelled.judgments.table, path)
    result = _judge_run(name, inputs, labelled.judgments, labelled.tally, path)
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


def read_side(role: Role, inputs: Inputs, work: Path, progress: Progress) -> ReadingRun:
    """Read the attributes of one side and write `attributes/<role>.parquet`."""
    config = inputs.config.enrich
    name = config.llm
    if name is None:
        raise ConfigError('tilth.toml: [enrich] names no llm\n  hint: llm = "teacher", one of your [llm.NAME]')
    entities = inputs.contexts if role == "context" else inputs.items
    schema = attributes_of(config, role)
    key = "context_id" if role == "context" else "item_id"
    with open_llm(name, inputs.config.llm[name], (key,), base=inputs.base, work=work) as llm:
        reader = Reader(name, llm.model, llm.endpoint, llm.sampling)
        progress.start(f"{name} reads {role}s", len(entities))
        reading = read_attributes(
            schema, reader, entities, llm=llm.client, max_chars=config.max_chars, on_answer=_teller(progress)
        )
        progress.finish()
    _refuse_if_all_failed(name, [failure.error for failure in reading.failures], asked=len(entities))
    path = attributes_path(work, role)
    write_parquet(reading.attributes.table, path)
    filled = _filled(reading.attributes)
    result = ReadingRun(
        role, len(entities), len(reading.attributes.table), filled, reading.failures, reading.tally, path
    )
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


def attributes_of(config: EnrichConfig, role: Role) -> dict[str, AttributeConfig]:
    return config.context if role == "context" else config.item


def judgments_path(work: Path, name: str) -> Path:
    return work / "judgments" / f"{name}.parquet"


def attributes_path(work: Path, role: Role) -> Path:
    return work / "attributes" / f"{role}.parquet"


def stored_judgments(work: Path, name: str, rubric: Rubric) -> Judgments | None:
    """What a teacher said in an earlier run; None where it has not run.

    Raises:
        DataError: the rubric has changed since.
    """
    path = judgments_path(work, name)
    if not path.exists():
        return None
    judgments = Judgments(read_parquet(path))
    if any(digest != rubric.digest for digest in pc.unique(judgments.table["rubric_hash"]).to_pylist()):
        hint = "run `tilth judge run` again; answers to questions that stay the same are not asked for twice"
        raise DataError(f"these labels were given under another rubric than {rubric.name}", path=path, hint=hint)
    return judgments


def stored_attributes(work: Path, role: Role) -> Attributes | None:
    """What was read in an earlier run; None where nothing was."""
    path = attributes_path(work, role)
    return Attributes(role, read_parquet(path)) if path.exists() else None


def all_judgments(inputs: Inputs, work: Path) -> Judgments | None:
    """Labels given in files and by teachers that have run, together."""
    stored = [stored_judgments(work, name, inputs.rubric) for name in inputs.config.judge.teachers]
    found = [inputs.given, *stored]
    tables = [judgments.table for judgments in found if judgments is not None]
    return Judgments(pa.concat_tables(tables, promote_options="default")) if tables else None


def gold_not_shown(inputs: Inputs) -> Judgments:
    """The gold that teachers can be examined on: without the few-shot part where questions show examples from it.

    Raises:
        DataError: there is no gold.
    """
    gold = inputs.need_gold()
    if not inputs.config.judge.shots:
        return gold
    shown = pc.is_in(
        gold.table["context_id"], value_set=pa.array(sorted(parts_of(inputs, gold)[FEW_SHOT]), pa.string())
    )
    return Judgments(gold.table.filter(pc.invert(shown)))


def parts_of(inputs: Inputs, gold: Judgments) -> Parts:
    """Which contexts of the gold are shown, calibrate, and test."""
    return gold_parts(gold, inputs.config.distill.shares.by_part(), seed=inputs.config.project.seed)


def _refuse_if_all_failed(name: str, errors: Sequence[str], *, asked: int) -> None:
    """`errors` are the reasons of the answers that failed.

    Raises:
        LLMError: not one answer is usable; what an earlier run gave is then left as it is.
    """
    if errors and len(errors) == asked:
        reason, count = Counter(errors).most_common(1)[0]
        raise LLMError(
            f"[llm.{name}]: none of {len(errors):,} answers is usable, {count:,} of them since: {reason}\n"
            "  hint: nothing was written; labels of an earlier run stay as they are"
        )


def _teller(progress: Progress) -> Callable[[Answer, Tally], None]:
    return lambda _answer, tally: progress.advance(cost_usd=known_cost(tally))


def shots_of(inputs: Inputs) -> tuple[tuple[str, str], ...]:
    """The examples that every question shows."""
    count = inputs.config.judge.shots
    if not count:
        return ()
    gold = inputs.need_gold()
    parts = parts_of(inputs, gold)
    return few_shots(inputs.rubric, gold, parts[FEW_SHOT], inputs.contexts, inputs.items, count=count)


def _judge_run(name: str, inputs: Inputs, judgments: Judgments, tally: Tally, path: Path) -> JudgeRun:
    labelled = judgments.labelled().table
    positive = inputs.rubric.positive
    share = float(positive.of(labelled["grade"].to_numpy()).mean()) if len(labelled) else float("nan")
    errors = judgments.table["error"].filter(pc.is_valid(judgments.table["error"])).to_pylist()
    failures = dict(Counter(errors).most_common(10))
    cost = None if judgments.table["cost_usd"].null_count else float(pc.sum(judgments.table["cost_usd"]).as_py() or 0.0)
    return JudgeRun(name, len(judgments), len(labelled), positive.name, share, failures, tally, cost, path)


def _filled(attributes: Attributes) -> dict[str, float]:
    """Share of the entities that state each attribute; an empty list states nothing."""
    table, shares = attributes.table, dict[str, float]()
    for name in attributes.names:
        column = table[name]
        is_list = pa.types.is_list(column.type)
        stated = pc.greater(pc.list_value_length(column), 0) if is_list else pc.is_valid(column)
        shares[name] = float(pc.mean(pc.fill_null(stated, False)).as_py() or 0.0)
    return shares
