"""Running teachers for a project, and keeping what they said in its work folder."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.asking.jobs import AskJob, ask, engine_of
from tilth.apps.project.asking.llms import OpenLLM
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.output import TableWriter
from tilth.apps.project.progress import Progress
from tilth.apps.project.results import JudgeRun
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.apps.project.stored import judgments_path, parts_of
from tilth.data import write_json
from tilth.distill.parts import FEW_SHOT
from tilth.judge.rubric import Rubric
from tilth.judge.run import Teacher, questions_of, to_judgments, with_texts
from tilth.judge.shots import few_shots
from tilth.llm import Answer, Request, Tally
from tilth.records import JUDGMENT_SCHEMA, Judgments, Pairs, Positive


def judge_with(
    name: str,
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    pairs: Pairs | None = None,
    file_name: str | None = None,
    allowance: Allowance | None = None,
) -> JudgeRun:
    """Label pairs (all of the project's by default) with the teacher called `name`, and write its judgments.

    They go to `judgments/<name>.parquet`, or under `file_name`, batch by batch. A run that stops early keeps what it
    has; the pairs that are left have no row.

    Raises:
        LLMError: the endpoint refuses all calls, or not one answer is usable: what an earlier run wrote stays.
    """
    pairs = inputs.pairs if pairs is None else pairs
    config, path = inputs.config, judgments_path(work, file_name or name)
    job = AskJob(
        JudgeTask(name, inputs.rubric, shots_of(inputs)),
        name,
        config,
        inputs.base.resolve(),
        work.resolve(),
        (allowance or Allowance()).ledger,
    )
    engine = engine_of(config)
    tables = with_texts(inputs.contexts, inputs.items, pairs)
    state, counts, tally = RunState.begin(work, f"judge-{file_name or name}"), _Counts(inputs.rubric.positive), Tally()
    progress.start(f"{name} labels", len(pairs))
    with TableWriter(path) as writer:
        for table, took in ask(engine, job, tables, progress):
            tally += took
            if table.num_rows:
                writer.write(table)
                counts.add(Judgments(table))
        if not counts.pairs and not tally.left:  # where all are left, labels of an earlier run stay as they are
            writer.write(JUDGMENT_SCHEMA.empty_table())
        failed = counts.pairs - counts.labelled
        refuse_if_all_failed(name, counts.reasons, failed=failed, asked=len(pairs) - tally.left)
    progress.finish()
    result = counts.result(name, len(pairs), tally, path, stopped=state.end(tally))
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


@dataclass(frozen=True)
class JudgeTask:
    """Ask about each pair by a rubric."""

    name: str
    rubric: Rubric
    shots: tuple[tuple[str, str], ...]
    keys: tuple[str, ...] = ("context_id", "item_id")
    schema: pa.Schema = JUDGMENT_SCHEMA

    def requests(self, partition: pa.Table, llm: OpenLLM) -> Iterator[Request]:
        return questions_of(self.rubric, self._teacher(llm), partition, self.shots)

    def results(self, answers: Sequence[Answer], llm: OpenLLM) -> pa.Table:
        return to_judgments(self.rubric, self._teacher(llm), answers).table

    def _teacher(self, llm: OpenLLM) -> Teacher:
        return Teacher(self.name, llm.model, llm.endpoint, llm.sampling)


def shots_of(inputs: Inputs) -> tuple[tuple[str, str], ...]:
    """The examples that each question shows, by `[judge] shots`."""
    count = inputs.config.judge.shots
    if not count:
        return ()
    gold = inputs.need_gold()
    parts = parts_of(inputs, gold)
    return few_shots(inputs.rubric, gold, parts[FEW_SHOT], inputs.contexts, inputs.items, count=count)


@dataclass
class _Counts:
    """What the judgments of a run add up to, taken batch by batch."""

    positive: Positive
    pairs: int = 0
    labelled: int = 0
    positives: int = 0
    cost_usd: float | None = 0.0
    reasons: Counter[str] = field(default_factory=Counter[str])

    def add(self, judgments: Judgments) -> None:
        grades = judgments.labelled().table["grade"].to_numpy()
        self.pairs += len(judgments)
        self.labelled += len(grades)
        self.positives += int(self.positive.of(grades).sum())
        self.reasons.update(judgments.table["error"].drop_null().to_pylist())
        costs = judgments.table["cost_usd"]
        self.cost_usd = None if self.cost_usd is None or costs.null_count else self.cost_usd + pc.sum(costs).as_py()

    def result(self, teacher: str, pairs: int, tally: Tally, path: Path, *, stopped: str | None) -> JudgeRun:
        share = self.positives / self.labelled if self.labelled else float("nan")
        failures = dict(self.reasons.most_common(10))
        named = (teacher, pairs, self.labelled, self.positive.name, share, failures)
        return JudgeRun(*named, tally, self.cost_usd, path, stopped)
