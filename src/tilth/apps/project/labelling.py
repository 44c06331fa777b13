"""Running teachers for a project, and keeping what they said in its work folder."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.llms import open_llm
from tilth.apps.project.output import TableWriter
from tilth.apps.project.progress import Progress, Ticker
from tilth.apps.project.results import JudgeRun
from tilth.apps.project.runs import RunState, refuse_if_all_failed
from tilth.apps.project.spending import Allowance
from tilth.apps.project.stored import judgments_path, parts_of
from tilth.data import write_json
from tilth.distill.parts import FEW_SHOT
from tilth.judge.run import Teacher, label, questions
from tilth.judge.shots import few_shots
from tilth.llm import Session, Tally
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
    path = judgments_path(work, file_name or name)
    state, counts, tally = RunState.begin(work, f"judge-{file_name or name}"), _Counts(inputs.rubric.positive), Tally()
    with TableWriter(path) as writer:
        for part in _labels(name, inputs, work, progress, pairs, tally, allowance or Allowance()):
            writer.write(part.table)
            counts.add(part)
        failed = counts.pairs - counts.labelled
        if not counts.pairs:
            writer.write(JUDGMENT_SCHEMA.empty_table())
        refuse_if_all_failed(name, counts.reasons, failed=failed, asked=len(pairs) - tally.left)
    result = counts.result(name, len(pairs), tally, path, stopped=state.end(tally))
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


def _labels(
    name: str, inputs: Inputs, work: Path, progress: Progress, pairs: Pairs, tally: Tally, allowance: Allowance
) -> Iterator[Judgments]:
    """The judgments of one teacher, batch by batch, in the pairs' order."""
    keys, rubric = ("context_id", "item_id"), inputs.rubric
    progress.start(f"{name} labels", len(pairs))
    with open_llm(name, inputs.config, keys, base=inputs.base, work=work, run=allowance.ledger) as llm:
        teacher = Teacher(name, llm.model, llm.endpoint, llm.sampling)
        requests = questions(rubric, teacher, inputs.contexts, inputs.items, pairs, shots_of(inputs))
        with Session(llm.client) as session:
            yield from label(rubric, teacher, requests, llm=session, tally=tally, on_answer=Ticker(progress))
    progress.finish()


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
