"""A plan on the terminal: calls, tokens, money and time with their intervals, and one question in full."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from tilth.apps.cli.console import print_json, print_table, say
from tilth.text import printable

if TYPE_CHECKING:
    from tilth.llm.plan import Plan
    from tilth.llm.request import Request
    from tilth.stats import Estimate


def show_plans(plans: "list[Plan]", *, as_json: bool) -> None:
    """All plans; as JSON for programs."""
    if as_json:
        print_json([plan.to_json() for plan in plans])
        return
    # Teachers are asked the same; one question for each kind of thing asked about is enough.
    shown: set[str] = set()
    for plan in plans:
        if plan.example is not None and plan.what not in shown:
            _show_question(plan, plan.example)
            shown.add(plan.what)
    columns = [
        "plan",
        "asks",
        "distinct",
        "in store",
        "to ask",
        "characters",
        "tokens in",
        "tokens out",
        "cost",
        "time",
    ]
    print_table("", columns, [_row(plan) for plan in plans])
    for plan in plans:
        _explain(plan)


def _row(plan: "Plan") -> tuple[object, ...]:
    return (
        f"{plan.name}: {plan.what}",
        f"{plan.requests:,}",
        f"{plan.distinct:,}",
        f"{plan.answered:,}",
        f"{plan.remaining:,}",
        f"{plan.characters:,}",
        _tokens(plan.prompt_tokens),
        _tokens(plan.completion_tokens),
        _ranged(plan.cost_usd, _dollars),
        _ranged(plan.seconds, _duration),
    )


def _explain(plan: "Plan") -> None:
    sizes = plan.sizes
    if plan.distinct:
        say(
            f"{plan.name}: {plan.what}: a question has {sizes.mean:,.0f} characters on average (half at "
            f"most {sizes.p50:,.0f}, 95 % {sizes.p95:,.0f}, the longest {sizes.max:,})"
        )
    if plan.pilot_asked:
        spent = "an unknown sum" if plan.pilot_cost_usd is None else f"${plan.pilot_cost_usd:,.4f}"
        lost = f"; {plan.pilot_lost:,} got no reply" if plan.pilot_lost else ""
        say(f"{plan.name}: the pilot asked {plan.pilot_asked:,} questions for {spent}{lost}; a run asks none again")
    if plan.rough:
        say(f"{plan.name}: rough: no real answer is known, so a token is taken as 3 to 5 characters; --pilot measures")
    else:
        unusable = _ranged(plan.unparsable, lambda share: f"{100 * share:.1f}")
        say(
            f"{plan.name}: measured on {plan.observed:,} real answers from {plan.observed_contexts:,} contexts; "
            f"unusable after a repair: {unusable} %. Repairs are in all figures. "
            f"The time is an estimate for {plan.concurrency} at once without rate limits"
        )
    for note in plan.notes:
        say(f"{plan.name}: {printable(note)}")


def _show_question(plan: "Plan", request: "Request") -> None:
    say(f"One question of {plan.name}: {plan.what}, as it is sent (model {printable(request.model)}):")
    for message in request.messages:
        say(f"--- {message.role}")
        say(printable(message.content))
    if request.schema is not None:
        say("--- schema of the answer")
        say(printable(msgspec.json.encode(dict(request.schema)).decode()))
    say("---")


def _tokens(estimate: "Estimate | None") -> str:
    return _ranged(estimate, lambda count: f"{count:,.0f}")


def _ranged(estimate: "Estimate | None", form: Callable[[float], str]) -> str:
    """`value [low, high]`, `low to high` where there is only a range, a dash where nothing is known."""
    if estimate is None:
        return "–"
    if estimate.low != estimate.low:
        return form(estimate.value)
    ends = (form(estimate.low), form(estimate.high))
    return (
        f"{ends[0]} to {ends[1]}" if estimate.value != estimate.value else f"{form(estimate.value)} [{', '.join(ends)}]"
    )


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 10 else f"${amount:,.4f}"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
