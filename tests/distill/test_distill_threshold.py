"""Calibrating and certifying: on gold of the calibration part, over thresholds fixed before it was looked at."""

from typing import Any

import numpy as np
import pytest
from scripted import PREPARED, ScriptedStudent, labelled
from tiny_world import small_config

from tilth.data import Parts
from tilth.distill.dataset import LabelledPairs
from tilth.distill.divide import Divided
from tilth.distill.threshold import MIN_CALIBRATION, Decided, decide
from tilth.stats import Certificate, fit_platt, threshold_grid

GRID_SCORES = np.linspace(-2.0, 2.0, 41)
TRAINING = labelled([(c, 0, 0.9 if c < 20 else 0.1) for c in range(41)])


def gold(n: int, *, wrong: int = 0) -> LabelledPairs:
    """n pairs of n contexts, the first half bad, of whose neighbours `wrong` are bad as well."""
    return labelled([(c, 0, 1.0 if c < n // 2 + wrong else 0.0) for c in range(n)])


def decided(calibration: LabelledPairs | None, **changes: Any) -> Decided:
    """The student says 1.5 for the first half of the calibration pairs and -1.5 for the others."""
    n = 0 if calibration is None else len(calibration)
    student: Any = ScriptedStudent({(c, 0): 1.5 if c < n // 2 else -1.5 for c in range(n)})
    divided = Divided("model:t", Parts({}), TRAINING, TRAINING, calibration, None)
    return decide(small_config(**{"grid": 4, **changes}), student, PREPARED, divided, GRID_SCORES, "bad")


def certificate(found: Decided) -> Certificate:
    assert found.certificate is not None
    return found.certificate


def test_enough_gold_calibrates_and_certifies() -> None:
    found = decided(gold(100))
    assert found.calibrated_on == "gold"
    settings, certified = found.filter.settings, certificate(found)
    assert certified.threshold is not None
    assert settings.threshold == certified.threshold
    assert settings.certificate == certified.to_json()
    assert (settings.positive, settings.slope > 0) == ("bad", True)
    # Bad pairs score 1.5: of 50 bad and 50 good, smoothed to 51/52 and 1/52.
    assert found.filter.calibrator.apply([1.5, -1.5]) == pytest.approx([51 / 52, 1 / 52], abs=1e-4)


def test_thresholds_come_from_out_of_fold_scores_and_not_from_gold() -> None:
    table = certificate(decided(gold(100))).table
    assert [point.threshold for point in table] == threshold_grid(GRID_SCORES, 4).tolist()
    assert not {1.5, -1.5} & {point.threshold for point in table}


def test_the_certificate_holds_what_the_settings_ask() -> None:
    certified = certificate(decided(gold(100), target_precision=0.7, confidence=0.9, grid=3))
    assert (certified.target, certified.confidence, certified.n_thresholds) == (0.7, 0.9, 3)
    assert certified.lower_bound >= 0.7


def test_a_target_out_of_reach_certifies_nothing_and_drops_nothing() -> None:
    found = decided(gold(40), target_precision=0.99)
    assert certificate(found).threshold is None
    assert certificate(found).missing_labels is not None
    assert found.filter.settings.threshold is None
    assert found.filter.threshold_p is None
    assert not found.filter.decide(np.array([-9.0, 0.0, 9.0])).drop.any()


def test_a_student_that_flags_good_pairs_is_not_certified() -> None:
    """The teacher agrees with it; the gold does not, and the gold decides."""
    reversed_gold = labelled([(c, 0, 0.0 if c < 50 else 1.0) for c in range(100)])
    found = decided(reversed_gold)
    assert certificate(found).threshold is None
    assert found.filter.settings.slope == 0.0, "calibration does not turn the ranking round"


@pytest.mark.parametrize("calibration", [None, gold(MIN_CALIBRATION - 1)])
def test_without_enough_gold_the_teacher_calibrates_and_nothing_is_certified(calibration: LabelledPairs | None) -> None:
    found = decided(calibration)
    assert found.certificate is None
    assert found.filter.settings.certificate is None
    assert found.filter.threshold_p is None
    assert found.calibrated_on == "the teacher's labels, for want of gold"
    assert found.filter.calibrator == fit_platt(GRID_SCORES, TRAINING.p)


def test_just_enough_gold_is_used() -> None:
    assert decided(gold(MIN_CALIBRATION)).certificate is not None
