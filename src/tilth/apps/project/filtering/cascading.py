"""Running a project's cascade, and measuring what it saved and what it cost in agreement."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.apps.project import stored
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.filtering import labelling
from tilth.apps.project.filtering.combining import CASCADE_NAME
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress, known_cost
from tilth.apps.project.results import JudgeRun
from tilth.data import read_parquet, write_json, write_parquet
from tilth.distill.parts import CALIBRATION, TEST
from tilth.errors import DataError
from tilth.judge import Comparison, compare
from tilth.judge.aligned import Gold, align_gold
from tilth.judge.cascade import Confidence, Level, confidence_of, in_order, merge, unsure
from tilth.judge.spending import Spending, spending_of
from tilth.records import JUDGMENT_SCHEMA, Judgments, Pairs

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """One teacher of the cascade: asked about so many pairs, `decided` of them its label stands for."""

    teacher: str
    asked: int
    decided: int
    labels_cost_usd: float | None
    calibration: str | None


@dataclass(frozen=True)
class CascadeRun:
    """What a cascade did. Money is in dollars, None where a price is unknown; `labels_cost_usd` is what its labels cost
    whenever they were asked for, `paid_usd` what this run paid.

    `last_alone_usd` is what the last teacher costs for all pairs: known where it labelled them all, else (`estimated`)
    its mean over those that it saw. `comparison` holds first teacher, cascade and, where it labelled all pairs, last
    teacher, on the test part of the gold; None where `notes` say why not.
    """

    pairs: int
    steps: tuple[Step, ...]
    runs: tuple[JudgeRun, ...]
    labels_cost_usd: float | None
    paid_usd: float | None
    last_alone_usd: float | None
    estimated: bool
    comparison: Comparison | None
    notes: tuple[str, ...]
    path: Path

    @property
    def escalated(self) -> float:
        """Share of the pairs that a second teacher saw."""
        return self.steps[1].asked / self.pairs if self.pairs else 0.0

    @property
    def saved_usd(self) -> float | None:
        if self.last_alone_usd is None or self.labels_cost_usd is None:
            return None
        return self.last_alone_usd - self.labels_cost_usd

    def to_json(self) -> dict[str, Any]:
        comparison = self.comparison
        return {
            "teacher": CASCADE_NAME,
            "pairs": self.pairs,
            "escalated_share": self.escalated,
            "steps": [asdict(step) for step in self.steps],
            "labels_cost_usd": self.labels_cost_usd,
            "cost_usd": self.paid_usd,
            "last_alone_usd": self.last_alone_usd,
            "last_alone_is_estimate": self.estimated,
            "saved_usd": self.saved_usd,
            "agreement": None if comparison is None else [score.to_json() for score in comparison.table],
            "notes": list(self.notes),
            "path": str(self.path),
        }


@dataclass(frozen=True)
class UnfinishedCascade:
    """A cascade whose last run was stopped: nothing of it is written but what its teachers said."""

    runs: tuple[JudgeRun, ...]

    def to_json(self) -> dict[str, Any]:
        last = self.runs[-1]
        return {"teacher": CASCADE_NAME, "stopped": last.stopped, "stopped_at": last.teacher, "left": last.tally.left}


def run_cascade(inputs: Inputs, work: Path, progress: Progress, allowance: Allowance) -> CascadeRun | UnfinishedCascade:
    """Ask the first teacher of `[judge] cascade` about all pairs and each next one about what is unsure; writes
    `judgments/cascade.parquet` and `judgments/cascade.json`, unless a teacher's run is stopped early.

    Raises:
        DataError: a teacher gives no p and there is too little gold to calibrate it with.
        LLMError: an endpoint refuses all calls.
    """
    names = inputs.config.judge.cascade
    gold, contexts = _calibration(inputs)
    levels, runs, rows = list[Level](), list[JudgeRun](), np.arange(len(inputs.pairs), dtype=np.int64)
    for number, name in enumerate(names):
        judgments = Judgments(JUDGMENT_SCHEMA.empty_table())
        if len(rows):
            run = _ask(name, number, rows, inputs, work, progress, allowance)
            runs.append(run)
            if run.stopped is not None:
                return UnfinishedCascade(tuple(runs))
            judgments = in_order(Judgments(read_parquet(run.path)), _take(inputs.pairs, rows))
        confidence, chosen = None, np.empty(0, dtype=np.int64)
        if number < len(names) - 1 and len(rows):
            confidence = confidence_of(judgments, inputs.rubric.positive, gold, contexts)
            chosen = _chosen(confidence, inputs)
        levels.append(Level(name, judgments, rows, confidence))
        rows = rows[chosen]
    merged = merge(levels)
    path = stored.judgments_path(work, CASCADE_NAME)
    write_parquet(merged.table, path)
    result = _result(levels, runs, merged, inputs, work, path)
    write_json(result.to_json(), path.with_suffix(".json"))
    return result


def _ask(
    name: str, number: int, rows: Rows, inputs: Inputs, work: Path, progress: Progress, allowance: Allowance
) -> JudgeRun:
    """The first teacher's labels are of all pairs and stand under its name; the others' are of a part."""
    if number == 0:
        return labelling.judge_with(name, inputs, work, progress, allowance=allowance)
    pairs, file_name = _take(inputs.pairs, rows), f"{CASCADE_NAME}.{name}"
    return labelling.judge_with(name, inputs, work, progress, pairs=pairs, file_name=file_name, allowance=allowance)


def _take(pairs: Pairs, rows: Rows) -> Pairs:
    return Pairs(pairs.table.take(pa.array(rows, pa.int64())))


def _calibration(inputs: Inputs) -> tuple[Gold | None, frozenset[str]]:
    gold = inputs.gold
    if gold is None or not len(gold.labelled()):
        return None, frozenset()
    return align_gold(gold), stored.parts_of(inputs, gold)[CALIBRATION]


def _chosen(confidence: Confidence, inputs: Inputs) -> Rows:
    judge = inputs.config.judge
    seed = inputs.config.project.seed
    return unsure(confidence.certainty, share=judge.cascade_share, margin=judge.cascade_margin, seed=seed)


def _result(
    levels: list[Level], runs: list[JudgeRun], merged: Judgments, inputs: Inputs, work: Path, path: Path
) -> CascadeRun:
    last = _last_alone(levels[-1].name, inputs, work)
    comparison, notes = _agreement(levels, merged, last, inputs)
    spent = [_spending(level.judgments) for level in levels]
    paid = [known_cost(run.tally) for run in runs]
    decided = merged.labelled().table["teacher"]
    steps = tuple(
        Step(
            teacher=level.name,
            asked=len(level.rows),
            decided=pc.sum(pc.equal(decided, level.name)).as_py() or 0,
            labels_cost_usd=one.cost_usd if len(level.rows) else 0.0,
            calibration=level.confidence.note if level.confidence else None,
        )
        for level, one in zip(levels, spent, strict=True)
    )
    return CascadeRun(
        pairs=len(merged),
        steps=steps,
        runs=tuple(runs),
        labels_cost_usd=_sum([step.labels_cost_usd for step in steps]),
        paid_usd=_sum(paid),
        last_alone_usd=_spending(last).cost_usd if last else _extrapolated(levels[-1], spent[-1], len(merged)),
        estimated=last is None,
        comparison=comparison,
        notes=notes,
        path=path,
    )


def _last_alone(name: str, inputs: Inputs, work: Path) -> Judgments | None:
    """What the last teacher said about all pairs, where an earlier run asked it."""
    try:
        judgments = stored.stored_judgments(work, name, inputs.rubric)
        return in_order(judgments, inputs.pairs) if judgments else None
    except DataError:
        return None  # under another rubric, or about other pairs: says nothing here


def _agreement(
    levels: list[Level], merged: Judgments, last: Judgments | None, inputs: Inputs
) -> tuple[Comparison | None, tuple[str, ...]]:
    """First teacher, cascade and last teacher on the test part of the gold, which calibrated nothing."""
    gold = inputs.gold
    if gold is None or not len(gold.labelled()):
        return None, ("no gold: how far the cascade agrees with people is not known",)
    test = pa.array(sorted(stored.parts_of(inputs, gold)[TEST]), pa.string())
    part = Judgments(gold.table.filter(pc.is_in(gold.table["context_id"], value_set=test))).labelled()
    if not len(part):
        return None, ("the test part of the gold is empty: agreement is not measured",)
    truth, positive = align_gold(part), inputs.rubric.positive
    is_positive = positive.of(truth.grades)
    if is_positive.all() or not is_positive.any() or not (truth.rows_of(merged.table) >= 0).any():
        return None, ("the gold's test part has pairs of one class only, or none that were judged: no agreement",)
    said = [levels[0].judgments, merged, *([last] if last else [])]
    tables = [judgments.table.select(JUDGMENT_SCHEMA.names) for judgments in said]
    config = inputs.config.judge.comparison(inputs.config.project.seed)
    comparison = compare(config, part, Judgments(pa.concat_tables(tables)), positive=positive)
    notes = () if last else (f"{levels[-1].name} has not judged all pairs, so it is not measured alone",)
    return comparison, (*comparison.notes, *notes)


def _spending(judgments: Judgments) -> Spending:
    return spending_of(judgments.table, len(judgments.labelled()))


def _extrapolated(level: Level, spent: Spending, pairs: int) -> float | None:
    """The mean price of the pairs that it saw, for all pairs."""
    return None if spent.cost_usd is None or not len(level.rows) else spent.cost_usd / len(level.rows) * pairs


def _sum(parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
