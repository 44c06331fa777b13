"""Sentences that more than one part of the page says. Each states a finding and its number."""

from typing import Any

from markupsafe import Markup

from tilth.report.clean import shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import Name, count, measured, metric, money, number, plural, share, short_metric

METRIC_NAMES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "auroc": "AUROC",
    "kappa": "kappa",
    "qwk": "weighted kappa",
}


MAX_SOURCES = 6
UNSURE = Markup("; the lower end of its interval misses the target, so more gold may overturn this")


def metric_name(metric: str) -> str:
    return METRIC_NAMES.get(metric, metric)


def verdict_sentence(facts: Facts) -> Markup | None:
    """Which teacher to use."""
    if not facts.teachers:
        return None
    metric = metric_name(facts.target_metric)
    goal = f"{metric} of at least {short_metric(facts.target)}" if facts.target is not None else f"target {metric}"
    chosen = facts.verdict.get("chosen")
    if chosen is None:
        return Markup("<strong>No teacher meets the target</strong>: none of {} has a {}.").format(
            len(facts.teachers), goal
        )
    scored = next((entry for entry in facts.teachers if entry.get("source") == chosen), {})
    price = number(scored.get("cost_per_1000"))
    cost = f"at {money(price)} per 1,000 pairs" if price is not None else "at a cost that is unknown"
    sure = Markup("") if facts.verdict.get("lower_end_meets") else UNSURE
    return Markup("<strong>The teacher to use is {}</strong>: {} {}, {}{}.").format(
        Name(shorten_id(str(chosen))), metric, measured(scored.get(facts.target_metric)), cost, sure
    )


def student_sentence(facts: Facts) -> Markup | None:
    """How well the student ranks pairs of contexts it never saw."""
    student = facts.student
    auroc = measured(student.get("auroc")) if student else None
    if student is None or auroc is None or not auroc.known:
        return None
    text = Markup("<strong>The student reaches an AUROC of {}</strong> on {} of {} that it never saw").format(
        auroc, plural(student.get("n"), "pair"), plural(student.get("n_contexts"), "context")
    )
    beside = [
        Markup("{} {}{}").format(who, measured(entry.get("auroc")), _fewer(entry, student))
        for who, entry in (("from the texts alone", facts.text_only), ("the teacher itself", facts.teacher))
        if entry and measured(entry.get("auroc")).known
    ]
    return text + (Markup("; {}.").format(Markup(", ").join(beside)) if beside else Markup("."))


def _fewer(entry: dict[str, Any], student: dict[str, Any]) -> str:
    """Says so where somebody was measured on other pairs than the student, such as a teacher that skipped some."""
    n = number(entry.get("n"))
    return "" if n is None or n == number(student.get("n")) else f" on {plural(n, 'pair')} of these"


def threshold_sentence(facts: Facts) -> Markup | None:
    """What is proven about the threshold, or what is missing to prove something."""
    found = facts.certificate
    if not found:
        return None
    target, confidence = number(found.get("target")), number(found.get("confidence"))
    goal = Markup("more than {} of the dropped pairs are {}, with {} confidence").format(
        whole_share(target), facts.positive, whole_share(confidence)
    )
    if facts.threshold is not None:
        return Markup("<strong>The threshold p ≥ {} is certified</strong>: {} (observed {}, lower bound {}).").format(
            metric(facts.threshold), goal, share(found.get("precision")), share(found.get("lower_bound"))
        )
    missing = number(found.get("missing_labels"))
    if missing is not None:
        return Markup(
            "<strong>No threshold is certified</strong>: about {} more gold pairs are needed to show that {}. The "
            "nearest threshold is right on {} of {}, which is too few to be sure."
        ).format(count(missing), goal, share(found.get("precision")), plural(found.get("flagged"), "flagged pair"))
    return Markup(
        "<strong>No threshold is certified</strong>: on the calibration gold, nowhere is the share of {} pairs among "
        "the flagged ones above {}, so how many more labels would do cannot be said. Improve the scores or lower the "
        "target."
    ).format(facts.positive, whole_share(target))


def effect_sentence(facts: Facts) -> Markup | None:
    """What the filter would remove, and what that does to the rest."""
    effect = facts.effect
    if not effect:
        return None
    removed, before, after, lost = (
        measured(effect.get(key), share) for key in ("removed", "bad_before", "bad_after", "good_lost")
    )
    return Markup(
        "<strong>The filter would remove {} of the pairs</strong>; the share of {} ones falls from {} to {}, and {} of "
        "the pairs that are not {} are lost."
    ).format(removed, facts.positive, before, after, lost, facts.positive)


def cost_sentence(facts: Facts) -> Markup | None:
    """What it cost, as far as that is known."""
    lines = facts.content.costs
    if not lines:
        return None
    calls, cached = sum(line.calls for line in lines), sum(line.cached for line in lines)
    known = [line.cost_usd for line in lines if number(line.cost_usd) is not None]
    paid = f"{plural(calls, 'call')} to LLMs" + (f" ({count(cached)} more from the cache)" if cached else "")
    if cached and not calls:
        paid = f"{plural(cached, 'answer')}, all of them from the cache"
    if not known:
        return Markup("<strong>What it cost is unknown</strong>: no price is given for {}.").format(paid)
    total = f"${sum(cost for cost in known if cost is not None):,.2f}"
    if len(known) < len(lines):
        return Markup("<strong>It cost at least {}</strong> for {}; no price is known for {} of its {} parts.").format(
            total, paid, len(lines) - len(known), len(lines)
        )
    return Markup("<strong>It cost {}</strong> for {}.").format(total, paid)


def whole_share(value: Any) -> str:
    """A share in percent without idle decimals: 95 %."""
    known = number(value)
    return "–" if known is None else f"{round(known * 100, 2):g}\u202f%"


def gold_sentence(facts: Facts) -> Markup | None:
    """Whose judgment everything is measured against."""
    if not facts.gold_sources:
        return None
    named = [Markup("{}").format(Name(shorten_id(source))) for source in facts.gold_sources[:MAX_SOURCES]]
    sources = Markup(", ").join(named)
    if len(facts.gold_sources) > MAX_SOURCES:
        sources += f" and {len(facts.gold_sources) - MAX_SOURCES} more"
    if facts.gold_is_human:
        return Markup("Measured against labels that people gave ({}).").format(sources)
    if facts.gold_is_human is None:
        return Markup("Measured against the gold of {}.").format(sources)
    some = any(source.startswith("human:") for source in facts.gold_sources)
    return Markup(
        "<strong>The gold is not people’s judgment{}.</strong> It comes from {}; the numbers here say how well that is "
        "matched, not how well people would be."
    ).format(" alone" if some else "", sources)
