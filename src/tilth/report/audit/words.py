"""Sentences that more than one part of the audit's page says. Each states a finding and its number."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from tilth.report.audit.facts import AuditFacts
from tilth.report.clean import shorten
from tilth.report.numbers import Name, count, fine_share, number, plural, price
from tilth.text import singular_of

MAX_PLACE = 100
DOING = {("enrich", "items"): "reading", ("judge", "pairs"): "labelling", ("suggest", "items"): "writing queries for"}
"""What a step does with what a gap is made of; no step writes what is missing."""
PROBLEMS = (
    ("fields.missing_share", "an empty one"),
    ("fields.short_share", "a short one"),
    ("fields.duplicate_share", "one that repeats another item’s"),
    ("fields.boilerplate_share", "one of boilerplate"),
    ("fields.wrong_language_share", "one in another language"),
)


def cold_sentence(facts: AuditFacts) -> Markup | None:
    """How much of the catalog nobody ever touched, and a warning where the interval says next to nothing."""
    cold, measure = facts.of("items.cold_share"), facts.measure("items.cold_share")
    if cold.value is None or measure is None:
        return None
    if cold.value == 0:
        return Markup("<strong>Every item was interacted with at least once</strong>{}.").format(_few(facts))
    warning = " The interval is wider than the number: other users might show quite another." if cold.vague else ""
    return Markup("<strong>{} of the items were never interacted with</strong>: {} of {}{}.{}").format(
        cold, count(cold.value * measure.n), count(measure.n), _few(facts), warning
    )


def _few(facts: AuditFacts) -> Markup:
    once, few = facts.of("items.one_share"), facts.of("items.few_share")
    parts = [f"{one.text} {words}" for one, words in ((once, "once"), (few, "2 to 10 times")) if one.value]
    return Markup("; {}").format(", ".join(parts)) if parts else Markup("")


def head_sentence(facts: AuditFacts) -> Markup | None:
    """What the popular items drown."""
    head, top, gini = (facts.of(name) for name in ("items.head_share_20", "items.head_share_1", "items.gini"))
    if not head.known:
        return None
    more = Markup(", and the top 1\u202f% alone {}").format(top.text) if top.known else Markup("")
    spread = Markup(" (Gini {})").format(gini.text) if gini.known else Markup("")
    return Markup("<strong>The most popular fifth of the items takes {} of the interactions</strong>{}{}.").format(
        head, more, spread
    )


def new_sentence(facts: AuditFacts) -> Markup | None:
    """How long new items wait."""
    first, reached = facts.of("newness.median_days_to_first"), facts.of("newness.reached_k_share")
    if not first.known:
        return None
    more = f"; {reached.text} of them come far enough not to count as new any more" if reached.known else ""
    return Markup("<strong>Half of the new items wait longer than {} for their first interaction</strong>{}.").format(
        first, more
    )


def seen_sentence(facts: AuditFacts) -> Markup | None:
    """Popularity of what users were shown, or act on where that is not logged, against what they like."""
    found = facts.of("popularity.seen_over_liked")
    if not found.known:
        return None
    what = "see" if facts.content.counts.get("exposures") else "act on"
    return Markup("<strong>What users {} is {} times as popular as what they like</strong>.").format(what, found)


def shown_sentence(facts: AuditFacts) -> Markup | None:
    """The same where it is known what users were shown; without that it is of no weight."""
    return seen_sentence(facts) if facts.content.counts.get("exposures") else None


def unmet_sentence(facts: AuditFacts) -> Markup | None:
    """Demand that no item is near, in the words of the gaps made of it: some of it may only be misspelled."""
    unmet, unasked = facts.of("search.unmet_share"), facts.of("search.unasked_share")
    if not unmet.known:
        return None
    more = f" The other way round, nobody asks for {unasked.text} of the items." if unasked.known else ""
    typos = facts.of("search.misspelled_share")
    some = f"; {typos.text} of all searches look misspelled" if typos.value else ""
    return Markup("<strong>{} of the searches share few words with any item</strong>{}.{}").format(unmet, some, more)


def results_sentence(facts: AuditFacts) -> Markup | None:
    """Searches without results and without clicks."""
    empty, unclicked = facts.of("search.zero_result_share"), facts.of("search.zero_click_share")
    if empty.value == 0 and unclicked.known:
        return Markup("<strong>{} of the searches get no click</strong>; none came back empty.").format(unclicked)
    if empty.known:
        more = Markup(", and {} get no click").format(unclicked.text) if unclicked.known else Markup("")
        return Markup("<strong>{} of the searches bring back nothing</strong>{}.").format(empty, more)
    if unclicked.known:
        return Markup("<strong>{} of the searches get no click</strong>.").format(unclicked)
    return None


def fields_sentence(facts: AuditFacts) -> Markup | None:
    """Items whose texts are too thin to be found or understood by."""
    thin = facts.of("fields.thin_share")
    if not thin.known:
        return None
    known = [(one, words) for name, words in PROBLEMS if (one := facts.of(name)).value]
    worst = sorted(known, key=lambda pair: -(pair[0].value or 0.0))[:2]
    parts = Markup(", ").join(Markup("{} {}").format(one.text, words) for one, words in worst)
    more = Markup(": {}").format(parts) if parts else Markup("")
    return Markup("<strong>{} of the items have a thin title or text</strong>{}.").format(thin, more)


def gap_sentence(facts: AuditFacts) -> Markup | None:
    """Where the first dollar goes."""
    gap = facts.first_gap
    if gap is None:
        return None
    place = Name(shorten(str(gap["place"]), MAX_PLACE), plain=True)
    doing = DOING.get((str(gap["step"]), str(gap["unit"])), "working on")
    return Markup("<strong>Spend first on {}</strong>: {} {} takes about {}, {}{}.").format(
        place, doing, units(gap), plural(gap["calls"], "LLM call"), _price(gap), _touched(gap)
    )


def units(gap: dict[str, Any]) -> str:
    """`3,446 items`."""
    unit = shorten(str(gap["unit"]), 24)
    return plural(gap["size"], singular_of(unit), unit)


def _price(gap: dict[str, Any]) -> str:
    return "at a price that is unknown" if number(gap["cost_usd"]) is None else f"which cost {price(gap['cost_usd'])}"


def _touched(gap: dict[str, Any]) -> str:
    touched = number(gap["demand_share"])
    return "" if touched is None else f", and touches {fine_share(touched)} of the demand"


def feedback_sentence(facts: AuditFacts) -> Markup | None:
    """How sparse explicit negatives are, and how far the implicit ones can be trusted."""
    negative, users = facts.of("feedback.negative_share"), facts.of("feedback.users_with_negative_share")
    if not negative.known:
        return None
    if negative.value == 0:
        return Markup("<strong>None of the events is an explicit negative</strong>.")
    whose = Markup("; {} of the users ever gave one").format(users.text) if users.known else Markup("")
    return Markup("<strong>{} of the events are explicit negatives</strong>{}.").format(negative, whose)


def trust_sentence(facts: AuditFacts) -> Markup | None:
    found = facts.of("feedback.implicit_precision")
    if not found.known:
        return None
    return Markup("Where both exist, the implicit signal says the same as the explicit one in {} of the cases.").format(
        found
    )


Writer = Callable[[AuditFacts], Markup | None]


def written(facts: AuditFacts, *writers: Writer) -> tuple[Markup, ...]:
    """The sentences for which there is a number."""
    return tuple(sentence for writer in writers if (sentence := writer(facts)))
