"""What a cascade did, on the terminal."""

from typing import TYPE_CHECKING

from tilth.apps.cli.console import figure, money, print_table, say, with_interval

if TYPE_CHECKING:
    from tilth.apps.project.filtering.cascading import CascadeRun


def show_cascade(run: "CascadeRun") -> None:
    """Who was asked about what, the money, and agreement with gold beside that of its first and last teacher."""
    rows = [
        (step.teacher, f"{step.asked:,}", f"{step.decided:,}", money(step.labels_cost_usd), result.tally.calls)
        for step, result in zip(run.steps, run.runs, strict=False)
    ]
    print_table("Cascade", ["teacher", "asked", "decided", "labels' cost", "calls now"], rows)
    for step in run.steps:
        if step.calibration:
            say(f"{step.teacher}: {step.calibration}")
    last = run.steps[-1].teacher
    say(f"cascade: {figure(100 * run.escalated, 1)} % of {run.pairs:,} pairs went on to {run.steps[1].teacher}")
    about = "about " if run.estimated and run.last_alone_usd is not None else ""
    say(
        f"cascade: its labels cost {money(run.labels_cost_usd)}, {last} alone for all pairs {about}"
        f"{money(run.last_alone_usd)}; saved {about}{money(run.saved_usd)}"
    )
    if run.comparison is not None:
        columns = ["on the test part of the gold", "pairs", "coverage", "precision", "recall", "kappa"]
        print_table(
            "",
            columns,
            [
                (
                    score.source,
                    f"{score.asked:,}",
                    figure(score.coverage),
                    *(with_interval(value, in_table=True) for value in (score.precision, score.recall, score.kappa)),
                )
                for score in run.comparison.table
            ],
        )
    for note in run.notes:
        say(f"cascade: {note}")
    say(f"cascade: {run.path}")
