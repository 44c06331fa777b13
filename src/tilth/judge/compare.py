"""Measures teachers on gold: how good each is, how sure that is, what it costs, and which one to take."""

from collections.abc import Callable
from math import isnan

import numpy as np

from tilth.errors import DataError
from tilth.judge.aligned import Answers, Gold, align_answers, align_gold
from tilth.judge.compare_config import METRICS, CompareConfig, Metric
from tilth.judge.comparison import Comparison, Difference, TeacherScore
from tilth.judge.scoring import Scorer
from tilth.judge.spending import spending_of
from tilth.judge.verdict import decide
from tilth.records import Judgments, Positive
from tilth.stats import ClusterBootstrap, Estimate, labels_to_settle

FEW_CONTEXTS = 20
"""Below this many clusters percentile intervals are clearly too narrow."""


def compare(config: CompareConfig, gold: Judgments, judgments: Judgments, *, positive: Positive) -> Comparison:
    """Measures every source of `judgments` on the pairs of `gold`.

    The grade of a gold pair is the mean over its annotators; `positive` cuts it, and the source's grade, into classes.
    A row without a grade is a failure: it counts against coverage, and its price counts. Pairs that a source has no row
    for are `not_asked`. AUROC is of `p` where every label of the source has one, which must then be the probability of
    `positive`, or else of the grade. Quadratic kappa needs whole-numbered grades on both sides.

    Intervals come from one cluster bootstrap over contexts, whose draws all sources share. A source whose kappa
    interval ends below 0 is refused: it disagrees with gold more than chance would.

    Raises:
        DataError: when gold has no graded pair or one class only, no judgment is about a gold pair, a pair has two rows
            of one source, a grade or p is NaN, or a source stands on both sides.
    """
    truth = align_gold(gold)
    is_positive = positive.of(truth.grades)
    if is_positive.all() or not is_positive.any():
        raise DataError(
            f"all {len(is_positive):,} gold pairs are {'' if is_positive.all() else 'not '}{positive.describe()}",
            column="grade",
            hint="agreement needs gold of both classes: check the cut, or label pairs of the other class",
        )
    answers = align_answers(truth, judgments)
    bootstrap = ClusterBootstrap(truth.clusters, n_boot=config.n_boot, seed=config.seed)
    scorer = Scorer(truth, positive, bootstrap, config.confidence)
    table = _ranked([_score(scorer, one) for one in answers], config.target_metric)
    pairwise = _pairwise(scorer, {one.source: one for one in answers})
    best = table[0]
    return Comparison(
        positive=positive,
        target_metric=config.target_metric,
        target=config.target,
        confidence=config.confidence,
        gold_sources=truth.sources,
        gold_is_human=truth.is_human,
        n_gold=len(truth.keys),
        n_positive=int(is_positive.sum()),
        n_contexts=bootstrap.n_clusters,
        table=table,
        differences=[pairwise(best.source, other.source, config.target_metric) for other in table[1:]],
        verdict=decide(config, table),
        notes=_notes(truth, bootstrap),
        pairwise=pairwise,
    )


def _score(scorer: Scorer, answers: Answers) -> TeacherScore:
    metrics = {name: scorer.estimate(name, answers) for name in METRICS}
    kappa, n = metrics["kappa"], len(answers.rows)
    return TeacherScore(
        source=answers.source,
        asked=answers.asked,
        not_asked=len(scorer.gold.keys) - answers.asked,
        outside_gold=answers.outside_gold,
        n=n,
        coverage=n / answers.asked if answers.asked else float("nan"),
        **metrics,
        **vars(spending_of(answers.table, n)),
        refused=kappa.high < 0,
        warnings=tuple(_warnings(scorer, answers, kappa)),
    )


def _warnings(scorer: Scorer, answers: Answers, kappa: Estimate) -> list[str]:
    people = "people" if scorer.gold.is_human else "gold"
    if not answers.asked:
        return ["was asked about no gold pair"]
    if isnan(kappa.low):
        return [f"its agreement with {people} cannot be measured: too few labels, contexts or classes"]
    found: list[str] = []
    if kappa.high < 0:
        found.append(f"refused: it disagrees with {people} (kappa interval below 0)")
    elif kappa.interval.contains(0.0):
        found.append(f"may not agree with {people} better than chance (kappa interval contains 0)")
    if answers.p is not None and _points_away(answers.p, scorer.positive.of(answers.grades)):
        found.append(f"p falls where its own grades say {scorer.positive.name}: it is for another class; AUROC is of p")
    return found


def _points_away(p: np.ndarray, said: np.ndarray) -> bool:
    return bool(said.any() and not said.all() and p[said].mean() < p[~said].mean())


def _ranked(table: list[TeacherScore], metric: Metric) -> list[TeacherScore]:
    def place(score: TeacherScore) -> tuple[bool, bool, float, str]:
        value = score.metric(metric).value
        return score.refused, isnan(value), 0.0 if isnan(value) else -value, score.source

    return sorted(table, key=place)


def _pairwise(scorer: Scorer, answers: dict[str, Answers]) -> Callable[[str, str, Metric], Difference]:
    def difference(first: str, second: str, metric: Metric) -> Difference:
        left, right = answers[first], answers[second]
        common, in_left, in_right = np.intersect1d(left.rows, right.rows, assume_unique=True, return_indices=True)
        left_value, left_draws = scorer.replicates(metric, left, in_left)
        right_value, right_draws = scorer.replicates(metric, right, in_right)
        value = left_value - right_value
        estimate = scorer.bootstrap.estimate(value, left_draws - right_draws, scorer.confidence)
        settled = not isnan(estimate.low) and not estimate.interval.contains(0.0)
        needed = None if settled or not len(common) else labels_to_settle(value, estimate.interval.width, len(common))
        return Difference(metric, first, second, len(common), estimate, settled, needed)

    return difference


def _notes(gold: Gold, bootstrap: ClusterBootstrap) -> tuple[str, ...]:
    notes: list[str] = []
    if not gold.is_human:
        some = "alone" if any(source.startswith("human:") for source in gold.sources) else "at all"
        notes.append(f"gold is not from people {some}: {', '.join(gold.sources)}")
    if bootstrap.n_clusters < FEW_CONTEXTS:
        notes.append(f"gold has only {bootstrap.n_clusters} contexts: the intervals are too narrow")
    return tuple(notes)
