"""Results as tables and sentences on the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

from tilth.apps.cli.console import figure, money, print_table, say, with_interval

if TYPE_CHECKING:
    from tilth.distill.result import Evaluation, Summary
    from tilth.judge.comparison import Comparison


def show_comparison(comparison: "Comparison") -> None:
    """The teacher table, what is undecided, and the verdict."""
    kind = "people" if comparison.gold_is_human else "gold that is not human"
    title = (
        f"\nTeachers against {kind} ({', '.join(comparison.gold_sources)}): {comparison.n_gold:,} pairs, "
        f"{comparison.n_contexts:,} contexts, {comparison.n_positive:,} {comparison.positive.name}"
    )
    columns = ["teacher", "pairs", "coverage", "precision", "recall", "AUROC", "kappa", "cost", "p50 s", "p95 s"]
    rows = [
        (
            score.source,
            f"{score.asked:,}",
            figure(score.coverage),
            with_interval(score.precision, in_table=True),
            with_interval(score.recall, in_table=True),
            with_interval(score.auroc, in_table=True),
            with_interval(score.kappa, in_table=True),
            money(score.cost_usd),
            figure(score.latency_p50_s, 1),
            figure(score.latency_p95_s, 1),
        )
        for score in comparison.table
    ]
    print_table(title, columns, rows)
    for score in comparison.table:
        for warning in score.warnings:
            say(f"{score.source}: {warning}")
    for difference in comparison.differences:
        if not difference.settled and difference.labels_to_settle:
            say(
                f"{difference.first} and {difference.second} cannot be told apart on {difference.metric}; "
                f"about {difference.labels_to_settle:,} gold labels would settle it"
            )
    for line in comparison.notes:
        say(line)
    say(f"Verdict: {comparison.verdict.reason}")


def show_summary(summary: "Summary", folder: Path) -> None:
    """How good the student is, where its threshold stands, and what it would do."""
    training = summary.counts["training"]
    say(
        f"\nStudent of {summary.teacher}: {training['pairs']:,} labelled pairs of {training['contexts']:,} contexts, "
        f"{summary.n_features} features"
    )
    columns = ["model", "log loss", "chosen"]
    rows = [(c.model, figure(c.log_loss, 4), "yes" if c.chosen else "") for c in summary.candidates]
    print_table("Cross-validation on contexts", columns, rows)
    _show_evaluations(summary)
    if summary.certificate is not None:
        at = f"p >= {summary.threshold_p:.3f}; " if summary.threshold_p is not None else ""
        say(f"Threshold: {at}{summary.certificate.explain()}")
    if summary.effect is not None:
        effect = summary.effect
        say(
            f"On the test contexts the filter removes {with_interval(effect.removed)} of the pairs; "
            f"{summary.positive} share {with_interval(effect.bad_before)} -> {with_interval(effect.bad_after)}; "
            f"share of the good ones lost {with_interval(effect.good_lost)}"
        )
    say(f"Student, model card and pairs to label next: {folder}")


def _show_evaluations(summary: "Summary") -> None:
    if not summary.evaluations:
        why = "The gold's test part is empty or of one class" if summary.gold_sources else "No gold"
        say(f"{why}: the student was not measured against anything but its teacher.")
        return
    first = summary.evaluations[0]
    kind = "human gold" if summary.gold_is_human else "gold, not human"
    title = (
        f"On {first.n:,} pairs of {first.n_contexts:,} contexts never seen ({kind}: {', '.join(summary.gold_sources)})"
    )
    columns = ["", "AUROC", "precision", "recall", "ECE"]
    print_table(title, columns, [_evaluation_row(evaluation) for evaluation in summary.evaluations])


def _evaluation_row(evaluation: "Evaluation") -> tuple[str, ...]:
    return (
        evaluation.name,
        with_interval(evaluation.auroc, in_table=True),
        with_interval(evaluation.precision, in_table=True),
        with_interval(evaluation.recall, in_table=True),
        figure(evaluation.ece),
    )
