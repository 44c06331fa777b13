"""What `tilth enrich expand` prints."""

from typing import TYPE_CHECKING

from tilth.apps.cli.console import note, print_table, say, with_interval

if TYPE_CHECKING:
    from tilth.apps.project.enriching.expanding import ExpandRun
    from tilth.artifacts.understanding import RulesUsed
    from tilth.enrich.expand import Measure


def show_expanded(done: "ExpandRun") -> None:
    """What was built, from what, and what it is worth."""
    manifest, built = done.manifest, done.built
    sources = ", ".join(f"{count:,} by {source}" for source, count in built.taught_by.items())
    rows = [
        ("categories", f"{manifest.categories:,}"),
        ("labelled queries that teach the model", sources or "none"),
        ("frequent queries, answered beforehand", f"{manifest.head:,}, {done.labelled:,} of them from labels"),
        ("values of attributes", f"{len(built.understander.values):,}"),
    ]
    print_table("", ["understanding", manifest.version], rows)
    say(rules_in_words(manifest.made.rules))
    if built.measures:
        show_measures(built.measures, built.query_weight)
    for line in built.notes:
        note(line)
    say(f"{len(done.mined):,} rules that look for types are candidates, in {done.candidates}")
    say(_next(done))


def show_measures(measures: "tuple[Measure, ...]", query_weight: float) -> None:
    """The model against labels, on queries that it had not seen."""
    rows = [
        (
            one.source,
            f"{one.queries:,}",
            with_interval(one.accuracy, in_table=True),
            f"{one.coverage:.2f}",
            with_interval(one.titles_accuracy, in_table=True),
            f"{one.calibration_error:.3f}",
            f"{one.sure_share:.2f}",
            with_interval(one.sure, in_table=True),
        )
        for one in measures
    ]
    columns = ["labels of", "queries", "right", "answered", "titles alone", "cal. error", "p >= 0.8", "right of these"]
    print_table("The model's category, on queries that it had not seen", columns, rows)
    for one in measures:
        say(f"against {one.source}: {with_interval(one.gain)} by learning from labelled queries")
    told = f"counts as {query_weight:g} titles" if query_weight else "is not learned from: titles alone do better"
    say(f"A labelled query {told}")


def rules_in_words(used: "RulesUsed") -> str:
    """Which expansions are served."""
    if used.origin == "proved":
        return f"expansions: {used.count:,} proved rules, generation {used.generation}"
    if used.origin == "candidates":
        return f"expansions: {used.count:,} CANDIDATES, which nothing has proved"
    return "expansions: none, as no rules are in force"


def _next(done: "ExpandRun") -> str:
    if done.manifest.made.rules.origin == "none" and not done.proofs:
        prove = f"`tilth enrich rules prove {done.candidates}`"
        return f"Next: {prove}, then `tilth enrich expand` again; nothing is in force before it is proved"
    return "Next: `tilth serve`, or `tilth enrich expand export --out lookup.csv`"
