"""Distill: a teacher's labels + gold -> a filter, what it is worth, and which pairs to label next."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts import Filter
from tilth.artifacts.student import Prepared
from tilth.distill.config import DistillConfig
from tilth.distill.divide import Divided, divide
from tilth.distill.examine import Examined, examine
from tilth.distill.importance import feature_importance
from tilth.distill.models import StudentFit
from tilth.distill.next_pairs import NextPair, propose
from tilth.distill.result import Candidate, Summary
from tilth.distill.threshold import Decided, decide
from tilth.distill.train import Material, kept_apart, train
from tilth.records import Judgments, Positive

STAGES = 4


@dataclass(frozen=True)
class Distilled:
    """The filter that was made, what was measured, and which pairs a person should label next.

    `scores` are its probabilities of the training pairs, each by a student that did not see that pair's context,
    shape (labelled pairs,).
    """

    filter: Filter
    summary: Summary
    next_pairs: tuple[NextPair, ...]
    scores: NDArray[np.float64]


def run(
    config: DistillConfig,
    material: Material,
    teacher: Judgments,
    gold: Judgments | None,
    *,
    positive: Positive,
    seed: int,
    on_stage: Callable[[str], None] = lambda _: None,
) -> Distilled:
    """Train on `teacher`'s labels of the contexts outside gold's calibration and test parts; calibrate and certify on
    the one part, measure on the other. `on_stage` is told each of the `STAGES` as it ends.

    Raises:
        DataError: too few labels, or labels that are all alike.
        LeakError: the gold's parts share a context.
        ConfigError: a setting names a feature, attribute or model that there is not.
        MissingExtraError: an encoder is asked for that is not installed.
    """
    started = time.perf_counter()
    divided = divide(config, material, teacher, gold, positive, seed)
    fit = train(config, material, divided.training, kept_apart(divided.parts), seed)
    on_stage("student")
    prepared = fit.student.prepare(
        material.contexts, material.items, material.context_attributes, material.item_attributes
    )
    decided = decide(config, fit.student, prepared, divided, fit.out_of_fold, positive.name)
    on_stage("calibration and threshold")
    examined = examine(config, material, fit, decided.filter, prepared, divided, seed)
    on_stage("measured on contexts never seen")
    summary = _summary(decided, examined, divided, fit, prepared, gold, seed, time.perf_counter() - started)
    proposed = propose(decided.filter, prepared, material.pairs, divided, gold, count=config.next_pairs)
    on_stage("pairs to label next")
    return Distilled(decided.filter, summary, proposed, decided.filter.calibrator.apply(fit.out_of_fold))


def _summary(
    decided: Decided,
    examined: Examined,
    divided: Divided,
    fit: StudentFit,
    prepared: Prepared,
    gold: Judgments | None,
    seed: int,
    seconds: float,
) -> Summary:
    student = decided.filter.student
    return Summary(
        teacher=divided.teacher,
        positive=decided.filter.settings.positive,
        gold_sources=tuple(gold.sources) if gold else (),
        gold_is_human=gold is not None and all(source.startswith("human:") for source in gold.sources),
        counts=divided.counts(),
        n_features=len(student.featurizer.names),
        features=tuple(student.featurizer.names),
        candidates=tuple(Candidate(name, loss, name == fit.chosen) for name, loss in fit.losses.items()),
        evaluations=examined.evaluations,
        effect=examined.effect,
        certificate=decided.certificate,
        calibration=decided.calibrated_on,
        reliability=examined.reliability,
        precision_recall=examined.precision_recall,
        importance=feature_importance(student, prepared, divided.training),
        curve=examined.curve,
        threshold_p=decided.filter.threshold_p,
        seed=seed,
        seconds=seconds,
    )
