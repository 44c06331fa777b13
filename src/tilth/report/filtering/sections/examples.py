"""Pairs that the filter dropped and kept, with their texts."""

from markupsafe import Markup

from tilth.report.blocks import Card, Cards, Passage, Section
from tilth.report.clean import shorten
from tilth.report.filtering.content import Example
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import metric, plural

MAX_TITLE = 160
BEGINNING = 260
MAX_REASON = 160
MAX_REASONS = 8


def examples_section(facts: Facts) -> Section | None:
    examples = facts.content.examples
    if not examples:
        return None
    dropped = tuple(_card(example) for example in examples if example.dropped)
    kept = tuple(_card(example) for example in examples if not example.dropped)
    blocks = tuple(Cards(title, cards) for title, cards in (("Dropped", dropped), ("Kept", kept)) if cards)
    lead = Markup("Of these {} the filter drops {} and keeps {}.").format(
        plural(len(examples), "pair"), len(dropped), len(kept)
    )
    return Section("examples", "Examples", (lead,), blocks)


def _card(example: Example) -> Card:
    return Card(
        passages=(
            _passage("Offered to", example.context_title, example.context_text),
            _passage("Item", example.item_title, example.item_text),
        ),
        verdict="Dropped" if example.dropped else "Kept",
        dropped=example.dropped,
        p=metric(example.p),
        reasons=tuple(shorten(reason, MAX_REASON) for reason in example.reasons[:MAX_REASONS]),
        gold=shorten(example.gold, MAX_REASON) if example.gold else None,
    )


def _passage(who: str, title: str, text: str) -> Passage:
    beginning = shorten(text, BEGINNING)
    whole = text.strip() if len(text.strip()) > BEGINNING else ""
    return Passage(who, shorten(title, MAX_TITLE) or "(no title)", beginning, whole)
