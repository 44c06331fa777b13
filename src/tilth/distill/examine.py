"""The exam: the student, the same student without attributes, and its teacher, on gold of contexts never seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts import Filter
from tilth.artifacts.student import Prepared
from tilth.distill.config import DistillConfig
from tilth.distill.curve import label_efficiency
from tilth.distill.dataset import LabelledPairs
from tilth.distill.divide import Divided
from tilth.distill.measure import Exam
from tilth.distill.models import StudentFit, fit_learner
from tilth.distill.result import CurvePoint, Effect, Evaluation
from tilth.distill.train import THREADS, Material, kept_apart, model_config, train

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Examined:
    """What the exam showed; empty where there is no test gold."""

    evaluations: tuple[Evaluation, ...] = ()
    effect: Effect | None = None
    reliability: tuple[dict[str, float], ...] = ()
    precision_recall: tuple[dict[str, float], ...] = ()
    curve: tuple[CurvePoint, ...] = ()


def examine(
    config: DistillConfig,
    material: Material,
    fit: StudentFit,
    chosen: Filter,
    prepared: Prepared,
    divided: Divided,
    seed: int,
) -> Examined:
    """Measure on the gold's test part; it is looked at here and nowhere else."""
    test, student = divided.test, fit.student
    if test is None:
        return Examined()
    exam = Exam(test, n_boot=config.n_boot, confidence=config.confidence, seed=seed)
    raw = student.raw_scores(prepared, test.context_rows, test.item_rows, THREADS)
    decisions = chosen.decide(raw)
    decides = chosen.settings.threshold is not None
    evaluations = [exam.evaluate("student", raw, flags=decisions.drop if decides else None, p=decisions.p)]
    if "attributes" in student.featurizer.groups:
        texts_only = _text_only(config, material, divided, test, seed)
        evaluations.append(exam.evaluate("student, texts only", texts_only))
    evaluations += _teacher_itself(exam, divided, config, seed)
    return Examined(
        tuple(evaluations),
        exam.effect(decisions.drop) if decides else None,
        exam.reliability(decisions.p),
        exam.precision_recall(decisions.p),
        _curve(config, fit, prepared, divided, exam, seed) if config.curve else (),
    )


def _text_only(config: DistillConfig, material: Material, divided: Divided, test: LabelledPairs, seed: int) -> Floats:
    """Raw test scores of a student that was trained without the attributes."""
    apart = kept_apart(divided.parts)
    student = train(config, material, divided.training, apart, seed, attributes=False).student
    prepared = student.prepare(material.contexts, material.items)
    return student.raw_scores(prepared, test.context_rows, test.item_rows, THREADS)


def _teacher_itself(exam: Exam, divided: Divided, config: DistillConfig, seed: int) -> list[Evaluation]:
    """The teacher on those test pairs that it labelled; with an exam of its own where these are not all."""
    keys = {key: place for place, key in enumerate(_keys(divided.taught))}
    places = np.array([keys.get(key, -1) for key in _keys(exam.pairs)])
    known = places >= 0
    if not known.any() or not 0 < exam.labels[known].mean() < 1:
        return []
    name = f"teacher {divided.teacher}"
    if not known.all():
        name += f" (its {int(known.sum()):,} pairs of these)"
        exam = Exam(exam.pairs.take(known), n_boot=config.n_boot, confidence=config.confidence, seed=seed)
    said = divided.taught.take(places[known])
    return [exam.evaluate(name, said.p, flags=said.positive)]


def _keys(pairs: LabelledPairs) -> list[tuple[int, int]]:
    return list(zip(pairs.context_rows.tolist(), pairs.item_rows.tolist(), strict=True))


def _curve(
    config: DistillConfig, fit: StudentFit, prepared: Prepared, divided: Divided, exam: Exam, seed: int
) -> tuple[CurvePoint, ...]:
    """With the student's features, learner and rounds as they are: only what is learnt from changes."""
    featurizer, training = fit.student.featurizer, divided.training
    X_test = featurizer.transform(prepared, exam.pairs.context_rows, exam.pairs.item_rows, THREADS)
    X = featurizer.transform(prepared, training.context_rows, training.item_rows, THREADS)
    settings, categorical = model_config(config), featurizer.categorical

    def score(places: NDArray[np.int64]) -> Floats:
        model = fit_learner(fit.learner, X[places], training.p[places], categorical, settings, fit.rounds, seed)
        return model.raw_scores(X_test, THREADS)

    return label_efficiency(training, exam, score, seed=seed)
