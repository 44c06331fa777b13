"""From a catalog, rules and frequent queries to what answers for a query."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tilth.artifacts.index import analyze
from tilth.artifacts.understanding import CategoryModel, Expansion, Understander
from tilth.enrich.expand.categories import fit_categories
from tilth.records import Entities, Rule

MAX_VALUES = 300
"""Different values of an attribute whose vocabulary counts as closed."""
FEWEST = 2
LONGEST = 4
_OWN = ("id", "title", "text", "category", "type", "created_at")


def build_understander(
    items: Entities,
    types: Sequence[str],
    rules: Iterable[Rule],
    queries: Mapping[str, int],
    *,
    head: int = 10_000,
    seed: int = 0,
) -> Understander:
    """`types` as of `types_of`, used where the catalog has no category; `rules` the kept ones; `queries` frequent
    queries with their counts, of which the `head` most frequent are answered beforehand."""
    named = items.table["category"].to_pylist() if "category" in items.table.column_names else [""] * len(items)
    categories = [category or kind for category, kind in zip(named, types, strict=True)]
    model = fit_categories(items.titles(), categories, seed=seed)
    table = _table(model, [query for query, _ in Counter(queries).most_common(head)])
    return Understander(model, closed_values(items), _expansions(rules), table)


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
            if n >= FEWEST and 0 < len(terms) <= LONGEST:
                count[" ".join(terms)][name, value] += n
    return {terms: by.most_common(1)[0][0] for terms, by in count.items()}


def _expansions(rules: Iterable[Rule]) -> dict[str, list[tuple[str, Expansion]]]:
    found = defaultdict[str, list[tuple[str, Expansion]]](list)
    for rule in rules:
        ways = [(rule.source, rule.target)]
        if rule.direction == "two_way":
            ways.append((rule.target, rule.source))
        for source, target in ways:
            if terms := analyze(source):
                one = Expansion(target, rule.weight, rule.kind, rule.field)
                found[" ".join(terms)].append((rule.anchor, one))
    return dict(found)


def _table(model: CategoryModel, queries: Sequence[str]) -> dict[str, tuple[str, float]]:
    table = dict[str, tuple[str, float]]()
    for query in queries:
        p = model.probabilities(query)
        if p is not None:
            table[" ".join(analyze(query))] = (model.names[int(p.argmax())], float(p.max()))
    return table
