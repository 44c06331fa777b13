"""Rules and proofs as tables and sentences on the terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tilth.apps.cli.console import figure, note, print_table, say, with_interval

if TYPE_CHECKING:
    from tilth.apps.project.enriching.ruling import Proved, Shown
    from tilth.enrich.prove import Proof

VERDICTS = {"keep": "keep", "reject": "reject", "not_enough_evidence": "not enough evidence"}


def show_proved(proved: "Proved") -> None:
    """How well the search does without the rules, with them unseen, family by family, and what follows."""
    proof = proved.proof
    say(f"\n{proved.rules:,} rules on {proof.queries:,} judged queries ({', '.join(proof.sources)})")
    if proof.belief.sentence:
        agreed = with_interval(proof.belief.agreement)
        note(f"{proof.belief.sentence}; of {proof.belief.pairs:,} pairs that both judged they agree on {agreed}")
    _show_measures(proof, proved.k)
    rows = [
        (one.name, f"{one.rules:,}", f"{one.touched:,}", with_interval(one.gain, in_table=True), VERDICTS[one.verdict])
        for one in proof.families
    ]
    print_table("\nFamilies, over all queries", ["family", "rules", "queries", "gain", "verdict"], rows)
    counts = {verdict: sum(one.verdict == verdict for one in proof.rules) for verdict in VERDICTS}
    silent = sum(not one.queries for one in proof.rules)
    say(
        "Rules: "
        + ", ".join(f"{counts[verdict]:,} {words}" for verdict, words in VERDICTS.items())
        + f"; {silent:,} of them have no evidence of their own"
    )
    say(f"Verdict: {VERDICTS[proof.verdict]}: {proof.reason}")
    say(f"Evidence: {proved.path}")
    if proved.in_force == proved.generation:
        say(f"{len(proof.kept):,} rules are in force now; `tilth enrich rules rollback` takes them back")
    else:
        note(f"nothing was kept: {_in_force(proved.in_force)}")


def _show_measures(proof: "Proof", k: int) -> None:
    names = {
        "ndcg": f"nDCG@{k}, unjudged as 0",
        "ndcg_condensed": f"nDCG@{k}, judged only",
        "recall": "recall",
        "zero_results": "without results",
        "judged": f"judged among the first {k}",
    }
    rows = [
        (
            words,
            with_interval(proof.baseline[name], in_table=True),
            with_interval(proof.held_out[name], in_table=True),
            with_interval(proof.changes[name], in_table=True),
            figure(proof.with_kept[name].value),
        )
        for name, words in names.items()
    ]
    columns = ["measure", "without rules", "with, unseen queries", "change", "with kept"]
    print_table("", columns, rows)
    say("Only the change on unseen queries is unbiased: rules were selected on other queries than these.")


def show_rules(shown: "Shown", limit: int) -> None:
    """The first `limit` rules."""
    if shown.generation is not None:
        say(f"In force: generation {shown.generation} of {', '.join(shown.generations)}; {shown.reason}")
    with_evidence = shown.generation is not None
    rows = [
        (
            rule["rule_id"],
            rule["kind"],
            _in_words(rule),
            rule["provenance"],
            f"{rule['weight']:g}",
            *((rule["queries"], figure(rule["gain"])) if with_evidence else ()),
        )
        for rule in shown.rules[:limit]
    ]
    columns = ["id", "kind", "rule", "from", "weight", *(("queries", "gain") if with_evidence else ())]
    print_table("", columns, rows, left=4)
    if len(shown.rules) > limit:
        say(f"... and {len(shown.rules) - limit:,} more (--limit)")


def _in_words(rule: Mapping[str, Any]) -> str:
    """`laptop -> type: laptop (at the end)`."""
    arrow = "<->" if rule["direction"] == "two_way" else "->"
    field = f"{rule['field']}: " if rule["field"] else ""
    bound = {"end": " (at the end)", "whole": " (whole query)"}.get(rule["anchor"] or "", "")
    return f"{rule['source']} {arrow} {field}{rule['target']}{bound}"


def _in_force(generation: str | None) -> str:
    return f"generation {generation} stays in force" if generation else "no rules are in force"
