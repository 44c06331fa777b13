"""Pure functions on arrays: intervals, agreement, ranking, calibration, certified thresholds."""

from tilth.stats.agreement import cohen_kappa, confusion_counts, f1, precision, quadratic_weighted_kappa, recall
from tilth.stats.bootstrap import ClusterBootstrap, percentile_interval
from tilth.stats.calibration import ReliabilityBins, brier, expected_calibration_error, log_loss, reliability_bins
from tilth.stats.certify import Certificate, GridPoint, certify, threshold_grid
from tilth.stats.concentration import coverage, gini, head_share, lorenz, total_variation
from tilth.stats.dawid_skene import DawidSkene, dawid_skene
from tilth.stats.design import design_effect, effective_size
from tilth.stats.drift import psi
from tilth.stats.gain import Unjudged, dcg, judged_share, ndcg, recall_at
from tilth.stats.grouped import mean_of_group
from tilth.stats.intervals import Estimate, Interval, clopper_pearson, clopper_pearson_lower, wilson
from tilth.stats.jackknife import jackknife_difference, jackknife_interval, jackknife_variance
from tilth.stats.platt import Platt, fit_platt
from tilth.stats.ranking import (
    PrecisionRecallCurve,
    auroc,
    auroc_replicates,
    average_precision,
    precision_recall_curve,
)
from tilth.stats.settle import labels_to_settle
from tilth.stats.survival import Survival, kaplan_meier
from tilth.stats.weighted_vote import WeightedVote, fit_weighted_vote, folds_of

__all__ = [
    "Certificate",
    "ClusterBootstrap",
    "DawidSkene",
    "Estimate",
    "GridPoint",
    "Interval",
    "Platt",
    "PrecisionRecallCurve",
    "ReliabilityBins",
    "Survival",
    "Unjudged",
    "WeightedVote",
    "auroc",
    "auroc_replicates",
    "average_precision",
    "brier",
    "certify",
    "clopper_pearson",
    "clopper_pearson_lower",
    "cohen_kappa",
    "confusion_counts",
    "coverage",
    "dawid_skene",
    "dcg",
    "design_effect",
    "effective_size",
    "expected_calibration_error",
    "f1",
    "fit_platt",
    "fit_weighted_vote",
    "folds_of",
    "gini",
    "head_share",
    "jackknife_difference",
    "jackknife_interval",
    "jackknife_variance",
    "judged_share",
    "kaplan_meier",
    "labels_to_settle",
    "log_loss",
    "lorenz",
    "mean_of_group",
    "ndcg",
    "percentile_interval",
    "precision",
    "precision_recall_curve",
    "psi",
    "quadratic_weighted_kappa",
    "recall",
    "recall_at",
    "reliability_bins",
    "threshold_grid",
    "total_variation",
    "wilson",
]
