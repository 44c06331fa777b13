"""Attributes on the terminal: what was read, and how good it is."""

from textwrap import shorten
from typing import TYPE_CHECKING

from tilth.apps.cli.console import figure, money, note, print_table, say, with_interval
from tilth.text import printable

if TYPE_CHECKING:
    from tilth.apps.project import ReadingRun
    from tilth.enrich.check import Checked, FieldScore

LISTED, EXAMPLES, SHOWN_CHARS = 5, 3, 60
ENOUGH = 50
"""Texts among which an LLM that draws its answers anew is bound to waver once."""


def show_read(runs: "list[ReadingRun]") -> None:
    """Counts, what the texts state, conflicts and failures."""
    columns = ["entities", "asked", "read", "failed", "left", "calls", "cached", "cost"]
    rows = [
        (
            r.role,
            r.asked,
            r.read,
            len(r.failures),
            r.tally.left or None,
            r.tally.calls,
            r.tally.cached,
            money(r.cost_usd),
        )
        for r in runs
    ]
    print_table("", columns, rows)
    for r in runs:
        filled = ", ".join(f"{name} {100 * share:.0f} %" for name, share in r.filled.items())
        if r.read:
            say(f"{r.role}: stated in the text: {filled}")
        _show_agreement(r)
        _show_existing(r)
        for failure in r.failures[:LISTED]:
            say(f"{r.role} {failure.id} could not be read: {failure.error}")
        if len(r.failures) > LISTED:
            say(f"... and {len(r.failures) - LISTED:,} more that could not be read (--json lists all)")


def _show_agreement(run: "ReadingRun") -> None:
    if not run.agreement:
        return
    shown = ", ".join(f"{name} {figure(share, 2)}" for name, share in run.agreement.items())
    say(f"{run.role}: agreement of {run.repeats} answers: {shown}")
    if run.read >= ENOUGH and all(share == 1 for share in run.agreement.values()):
        note(f"{run.role}: all answers agree: does the endpoint draw each anew? If not, agreement measures nothing")


def _show_existing(run: "ReadingRun") -> None:
    if run.existing:
        held = ", ".join(f"{name} {count:,}" for name, count in run.existing.items())
        say(f"{run.role}: held by the catalog, and kept: {held}; {run.complete:,} lack nothing, so nobody asked")
        say(
            f"{run.role}: {run.conflicts:,} conflicts with the catalog, {run.open_conflicts:,} of them open"
            + (f": {run.path.with_name('conflicts.csv')}" if run.conflicts else "")
        )
    if run.unsure:
        say(f"{run.role}: {run.unsure:,} values below min_confidence became null: {run.path.with_name('unsure.csv')}")


def show_checked(checked: "Checked") -> None:
    """A table for each source of gold, what categories are taken for, and how reliable confidence is."""
    for source in dict.fromkeys(score.source for score in checked.scores):
        scores = [score for score in checked.scores if score.source == source]
        kind = "people" if scores[0].is_human else "not people"
        columns = ["attribute", "gold", "precision", "recall", "coverage", "wrong", "invented", "missed"]
        print_table(f"\nAgainst {source} ({kind})", columns, [_score_row(score) for score in scores])
        for score in scores:
            _show_mistakes(score)
    for one in checked.reliability:
        origin = "measured by agreement" if one.kind == "agreement" else "claimed by the LLM"
        title = f"\nConfidence {origin}, against {one.source}"
        rows = [(figure(level.confidence, 2), f"{level.n:,}", with_interval(level.right)) for level in one.levels]
        print_table(title, ["confidence", "values", "right"], rows)
        say(f"ECE {figure(one.ece)}, AUROC of right against wrong {with_interval(one.auroc)}")
    for line in checked.notes:
        say(line)


def _score_row(score: "FieldScore") -> tuple[object, ...]:
    return (
        f"{score.role}.{score.attribute}",
        f"{score.n:,}",
        with_interval(score.precision, in_table=True),
        with_interval(score.recall, in_table=True),
        with_interval(score.coverage, in_table=True),
        score.wrong,
        score.invented,
        score.missed,
    )


def _show_mistakes(score: "FieldScore") -> None:
    """The most frequent ones of a closed vocabulary, else the first ones."""
    cells = [
        (count, gold, read)
        for gold, row in (score.confusion or {}).items()
        for read, count in row.items()
        if gold != read
    ]
    frequent = sorted(cells, reverse=True)[:LISTED]
    shown = [f"{_short(gold)} as {_short(read)}, {count:,} times" for count, gold, read in frequent]
    if score.confusion is None:
        first = score.mistakes[:EXAMPLES]
        shown = [f"{_short(one.gold)} as {_short(one.read)} ({_short(one.id)})" for one in first]
    if shown:
        say(f"{score.role}.{score.attribute}, not as in the gold: {'; '.join(shown)}")


def _short(text: str) -> str:
    return shorten(printable(text), SHOWN_CHARS, placeholder=" ...") or "nothing"
