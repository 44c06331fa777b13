"""An evaluation of suggestions on the terminal."""

from typing import TYPE_CHECKING

from tilth.apps.cli.console import note, print_table, say, with_interval

if TYPE_CHECKING:
    from tilth.apps.project.suggesting.evaluating import EvaluationRun
    from tilth.stats import Estimate
    from tilth.suggest.evaluate import Measures


def show_evaluation(run: "EvaluationRun") -> None:
    """What was held out, every measure of every suggester and slice, and what each source adds."""
    found, log = run.evaluation, run.log
    since = f"from {run.since:%Y-%m-%d %H:%M} UTC on" if run.since else f"of {run.how} drawn by hash"
    say(
        f"{log['later']:,} of {log['rows']:,} rows of the log are held out, those {since}: {found.searches:,} searches "
        f"of {found.clusters:,} {found.people} are typed again"
    )
    columns = ["coverage", *(f"MRR@10 after {one}" for one in found.chars), "keystrokes saved"]
    rows = [(one.name, f"{one.suggestions:,}", *_cells(one.measures)) for one in found.variants]
    print_table(f"\nThe same searches; '{found.shipped}' would be served", ["", "suggestions", *columns], rows)
    hits = [f"hit@10 after {one}" for one in found.chars]
    rows = [
        (one.name, *_written(*one.measures.hit.values(), one.never, one.gini, one.exploratory))
        for one in found.variants
    ]
    print_table("", ["", *hits, "items never found", "Gini", "exploratory"], rows)
    rows = [(f"{one.of}: {one.name}", f"{one.measures.searches:,}", *_cells(one.measures)) for one in found.slices]
    title = f"\n'{found.shipped}' by how often a query was asked before, and by category"
    print_table(title, ["", "searches", *columns], rows)
    if found.explored is not None:
        say(f"exploratory share of all sources over that of the log alone: {with_interval(found.explored)}")
    say()
    for verdict in found.verdicts:
        say(f"{verdict.sentence}{' (synthetic)' if verdict.synthetic else ''}")
    say(run.ranker.note)
    for line in run.notes:
        note(line)
    say(f"Written to {run.path} and {run.page}")


def _cells(measures: "Measures") -> list[str]:
    return _written(measures.coverage, *measures.mrr.values(), measures.saved)


def _written(*values: "Estimate") -> list[str]:
    return [with_interval(value, in_table=True) for value in values]
