"""A speller, a text that it corrected, and what an LLM settled, on the terminal."""

from math import isfinite
from typing import TYPE_CHECKING

from tilth.apps.cli.console import figure, money, note, print_table, say, with_interval
from tilth.text import printable

if TYPE_CHECKING:
    from tilth.apps.project.enriching.spelling_asking import SpellAskRun
    from tilth.apps.project.enriching.spelling_building import Explained, SpellRun
    from tilth.artifacts.speller import Change


def show_speller(run: "SpellRun") -> None:
    """Its size, what is to be expected of it, and what it changes in the most frequent queries."""
    if run.changed:
        columns = ["query", "would become", "traffic", "probability"]
        rows = [
            (printable(one.query), printable(one.text), f"{one.weight:,.0f}", figure(one.confidence, 2))
            for one in run.changed
        ]
        print_table("", columns, rows, left=2)
    say(f"{run.manifest.words:,} words, {run.manifest.pairs:,} pairs of words, {run.queries:,} queries in the log")
    if run.looked_at:
        say(
            f"of the {run.looked_at:,} most frequent queries those with {100 * run.changed_share:.1f} % of the traffic "
            f"are changed; {run.rules:,} rules in {run.rules_path}"
        )
    if run.fitted is not None:
        fitted = run.fitted
        say(
            f"on {run.trained.known:,} known corrections, each by a speller without it: whole query right "
            f"{with_interval(fitted.accuracy)}; of {run.trained.right:,} right queries changed "
            f"{with_interval(fitted.false_corrections)}"
        )
    if run.settled:
        say(f"{run.settled:,} queries are as a model settled them")
    for text in run.trained.notes:
        note(text)
    say(f"speller {run.manifest.version} in {run.folder}")


def show_explained(found: "Explained") -> None:
    """What became of a text, and each candidate with its log odds."""
    correction = found.correction
    kept = "stays as it is" if not correction.changed else f"-> {printable(correction.text)}"
    say(f"{printable(found.text)} {kept} (probability {correction.confidence:.2f})")
    if found.settled_by is not None:
        say(f"settled by {found.settled_by}")
        return
    for change in correction.changes:
        say(f"{printable(change.was)} -> {printable(change.text)}: log odds {change.margin:.1f}{_why(change)}")
    rows = [
        (printable(one.was), printable(one.text), one.reason, f"{one.log_odds:.1f}")
        for one in found.candidates
        if isfinite(one.log_odds)
    ]
    if rows:
        print_table("\nCandidates, out of context", ["as typed", "may be", "by", "log odds"], rows, left=3)
    say(f"a change is made from log odds {found.threshold:.1f} on")


def _why(change: "Change") -> str:
    """What speaks for a change and against it, in nats."""
    features = change.features
    if features is None or change.context is None:
        return ""
    said = [f"its edits cost {features.cost:.1f}"] if features.cost else []
    if change.context:
        said.append(f"its neighbours say {change.context:+.1f}")
    if features.together != features.was_together:
        said.append(f"the other words {features.together - features.was_together:+.1f}")
    said.append(f"{features.gap:.1f} ahead of the next best")
    if features.listed:
        said.append("the word list has what was typed")
    return f" ({'; '.join(said)})"


def show_asked(run: "SpellAskRun") -> None:
    """What the answers were."""
    columns = ["llm", "asked", "corrected", "right as they are", "unsure", "refused", "left", "calls", "cached", "cost"]
    tally = run.tally
    refused = sum(run.refused.values())
    counts = (run.asked, run.corrected, run.kept, run.unsure, refused, tally.left or None, tally.calls, tally.cached)
    print_table("", columns, [(run.name, *counts, money(run.cost_usd))])
    for why, count in run.refused.items():
        say(f"{count:,} answers were refused: {printable(why)}")
    say(f"settled queries in {run.path}")
