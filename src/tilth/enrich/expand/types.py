"""Rules that look for what a query names: an accessory that mentions it is not meant."""

from collections import Counter
from collections.abc import Sequence

from tilth.artifacts.index import analyze
from tilth.enrich.synonyms.heads import Heads
from tilth.enrich.synonyms.mine import rule_id
from tilth.enrich.synonyms.titles import Titles
from tilth.records import Anchor, Rule
from tilth.text import fold

FAMILIES: dict[str, Anchor] = {"rule:type-alone": "whole", "rule:type-last": "end"}
"""A query of one word that names a type, and one that ends with it, are two families: to be proved apart."""
FIELD = "type"
MAX_NAME = 200
"""Characters of a category."""
WEIGHT = 0.1
"""Little: what a thing is decides between items that match about equally well. A strong wish for one type lets sink
what has it and whose title does not say so."""


def types_of(titles: Titles, heads: Heads) -> list[str]:
    """What each item is: its category where the catalog says it, with the head noun of its title."""
    kept = heads.types()
    return [
        " ".join(dict.fromkeys(part for part in (category, *(word for word in likely if word in kept)) if part))
        for category, likely in zip(titles.categories, heads.likely, strict=True)
    ]


def item_categories(titles: Titles, heads: Heads) -> list[str]:
    """One category for each item: the catalog's, or else the head noun of its title where it names a type, written as
    the catalog writes it where it has a category of that name. What is longer than `MAX_NAME` is prose and no category.
    """
    categories = [category if len(category) <= MAX_NAME else "" for category in titles.categories]
    kept, given = heads.types(), Counter(category for category in categories if category)
    written = {fold(name): name for name, _ in reversed(given.most_common())}
    return [
        category or next((written.get(word, word) for word in likely if word in kept), "")
        for category, likely in zip(categories, heads.likely, strict=True)
    ]


def type_rules(types: Sequence[str], *, fewest: int = 3) -> list[Rule]:
    """One expansion for each word that names a type of at least `fewest` items, in each of `FAMILIES`: what has the
    word as its type moves up."""
    count, written = Counter[str](), dict[str, str]()
    for text in types:
        for word in text.lower().split():
            if len(terms := analyze(word)) == 1:
                written.setdefault(terms[0], word)
        count.update(set(analyze(text)))
    return [
        Rule(
            rule_id(family, written[term]),
            "expansion",
            written[term],
            written[term],
            WEIGHT,
            field=FIELD,
            provenance=family,
            note=f"type of {n} items",
            anchor=anchor,
        )
        for term, n in sorted(count.items())
        if n >= fewest and term in written
        for family, anchor in FAMILIES.items()
    ]
