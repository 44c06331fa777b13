"""From a catalog, rules, labelled and frequent queries to what answers for a query."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tilth.artifacts.index import analyze
from tilth.artifacts.understanding import (
    MAX_CHARS,
    CategoryModel,
    Expansion,
    HeadQuery,
    Understander,
    normal_form,
)
from tilth.enrich.expand.categories import count_categories, fit_categories
from tilth.enrich.expand.config import ExpandConfig
from tilth.enrich.expand.labels import Labels
from tilth.enrich.expand.measure import FEWEST_QUERIES, HeldOut, Measure, choose, fold_of, measure
from tilth.enrich.expand.types import MAX_NAME
from tilth.records import Anchor, Entities, Rule

MAX_VALUES = 300
"""Different values of an attribute whose vocabulary counts as closed."""
FEWEST = 2
LONGEST = 4
MAX_MEASURED = 5_000
"""Labelled queries that choose and measure; a log's others only teach."""
_OWN = ("id", "title", "text", "category", "type", "created_at")


@dataclass(frozen=True)
class Built:
    """`measures`: of the model on labelled queries that it had not seen. `query_weight`: how many titles a labelled
    query counts as; 0 where titles alone do better, or nobody can tell."""

    understander: Understander
    measures: tuple[Measure, ...] = ()
    query_weight: float = 0.0
    taught_by: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: tuple[str, ...] = ()


def build_understander(
    items: Entities,
    categories: Sequence[str],
    rules: Iterable[Rule],
    queries: Iterable[tuple[str, float]],
    labels: Labels,
    config: ExpandConfig,
    *,
    seed: int = 0,
) -> Built:
    """`categories` as of `item_categories`; `rules` those that may be served; `queries` with how many people typed
    each, the most frequent first; `labels` what is known of some."""
    fitted = _fit(items, categories, labels, config, seed)
    model = fitted.understander.model
    table = _table(model, queries, labels, config.head)
    built = Understander(model, closed_values(items), expansions_of(rules), table)
    return replace(fitted, understander=built)


def _fit(items: Entities, categories: Sequence[str], labels: Labels, config: ExpandConfig, seed: int) -> Built:
    """The model: of titles alone, or of labelled queries too where they are enough to tell what they are worth."""
    titles = items.titles()
    counts = count_categories(titles, categories, [(one.query, one.counts) for one in labels.values()])
    known = frozenset(counts.names)
    usable = {normal: one for normal, one in labels.items() if known & one.counts.keys()}
    taught_by = dict(sorted(Counter(one.source for one in usable.values()).items()))
    if len(usable) < FEWEST_QUERIES or len(known) < 2:
        note = f"queries with a known category: {len(usable)}; from {FEWEST_QUERIES} on they teach and measure it"
        model = fit_categories(titles, categories, seed=seed)
        return Built(Understander(model, {}, {}, {}), notes=(f"the model is of titles alone and not measured: {note}",))
    place = {name: number for number, name in enumerate(counts.names)}
    rows = np.array([row for row, normal in enumerate(labels) if normal in usable])
    if len(rows) > MAX_MEASURED:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MAX_MEASURED, replace=False))
    normals, every = list(labels), list(labels.values())
    truth = np.array([place.get(every[row].best, -1) for row in rows])
    rows, truth = rows[truth >= 0], truth[truth >= 0]
    folds = np.array([fold_of(normal, config.folds) for normal in normals])
    chosen = choose(counts, HeldOut([every[row].query for row in rows], truth, folds[rows], folds))
    measures = measure(chosen, truth, [every[row].source for row in rows], seed=seed)
    model = replace(counts.fit(chosen.weight), temperature=chosen.temperature)
    return Built(Understander(model, {}, {}, {}), tuple(measures), chosen.weight, taught_by)


def closed_values(items: Entities) -> dict[str, tuple[str, str]]:
    """Values of attributes with a closed vocabulary, analyzed, with the attribute's name; a value of several attributes
    goes to that which has it most often."""
    count = defaultdict[str, Counter[tuple[str, str]]](Counter)
    for name in items.table.column_names:
        if name in _OWN or name.startswith("_"):
            continue
        column = items.table[name].to_pylist()
        some = Counter(value for row in column for value in (row if isinstance(row, list) else [row]))
        values = {value: n for value, n in some.items() if isinstance(value, str) and value.strip()}
        if len(values) > MAX_VALUES or sum(values.values()) < 2 * len(values):
            continue
        for value, n in values.items():
            terms = analyze(value)
            if n >= FEWEST and 0 < len(terms) <= LONGEST and len(value) <= MAX_NAME:
                count[" ".join(terms)][name, value] += n
    return {terms: by.most_common(1)[0][0] for terms, by in count.items()}


def expansions_of(rules: Iterable[Rule]) -> dict[str, list[tuple[Anchor, Expansion]]]:
    """By source, analyzed, what each rule brings, with its anchor; a two-way rule works from both ends."""
    found = defaultdict[str, list[tuple[Anchor, Expansion]]](list)
    for rule in rules:
        ways = [(rule.source, rule.target)]
        if rule.direction == "two_way":
            ways.append((rule.target, rule.source))
        for source, target in ways:
            if terms := analyze(source):
                one = Expansion(target, rule.weight, rule.kind, rule.field, rule.rule_id, rule.provenance)
                found[" ".join(terms)].append((rule.anchor, one))
    return dict(found)


def _table(
    model: CategoryModel, queries: Iterable[tuple[str, float]], labels: Labels, head: int
) -> dict[str, HeadQuery]:
    """The most frequent queries, each as it is mostly typed, with the category of its label or else the model's; those
    that are too long to be looked at whole are left out."""
    people, typed = defaultdict[str, float](float), dict[str, str]()
    for query, count in queries:
        if len(query) <= MAX_CHARS and (normal := normal_form(query)):
            people[normal] += count
            typed.setdefault(normal, query)
    guess = Understander(model, {}, {}, {})
    return {
        normal: HeadQuery(
            typed[normal],
            count,
            labels[normal].category() if normal in labels else guess.categorize(typed[normal]),
        )
        for normal, count in sorted(people.items(), key=lambda row: (-row[1], row[0]))[:head]
    }
