"""From a trained student to a filter: calibrated probabilities and a certified threshold."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts import Filter, FilterFile
from tilth.artifacts.filter import FORMAT
from tilth.artifacts.student import Prepared, Student
from tilth.distill.config import DistillConfig
from tilth.distill.divide import Divided
from tilth.distill.train import THREADS
from tilth.stats import Certificate, Platt, certify, fit_platt, threshold_grid

MIN_CALIBRATION = 20


@dataclass(frozen=True)
class Decided:
    """The filter, the certificate of its threshold (None without gold), and what calibrated it."""

    filter: Filter
    certificate: Certificate | None
    calibrated_on: str


def decide(
    config: DistillConfig,
    student: Student,
    prepared: Prepared,
    divided: Divided,
    out_of_fold: NDArray[np.float64],
    positive: str,
) -> Decided:
    """Calibrate and certify on the gold's calibration part.

    The thresholds that are tried are quantiles of `out_of_fold`, the student's cross-validated scores of its training
    pairs: they are fixed before gold is looked at, as the certificate demands.
    """
    gold, certificate = divided.calibration, None
    if gold is None or len(gold) < MIN_CALIBRATION:
        calibrator, calibrated_on = fit_platt(out_of_fold, divided.training.p), "the teacher's labels, for want of gold"
    else:
        raw = student.raw_scores(prepared, gold.context_rows, gold.item_rows, THREADS)
        calibrator, calibrated_on = fit_platt(raw, gold.positive), "gold"
        certificate = certify(
            raw,
            gold.positive,
            gold.context_rows,
            thresholds=threshold_grid(out_of_fold, config.grid),
            target=config.target_precision,
            confidence=config.confidence,
        )
    return Decided(Filter(student, _settings(positive, calibrator, certificate)), certificate, calibrated_on)


def _settings(positive: str, calibrator: Platt, certificate: Certificate | None) -> FilterFile:
    return FilterFile(
        format=FORMAT,
        positive=positive,
        slope=calibrator.slope,
        intercept=calibrator.intercept,
        threshold=certificate.threshold if certificate else None,
        certificate=certificate.to_json() if certificate else None,
        trained_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
