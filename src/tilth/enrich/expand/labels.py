"""Queries whose category is known: from what people clicked, and from what was judged relevant."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.understanding import Category, normal_form
from tilth.enrich.spell import Traffic
from tilth.records import Entities, Judgments, Positive, Searches

CLICKS = "weak:clicks"
RELEVANT = 0.5
"""An item is relevant from this share of the source's highest grade on."""
BAD = "bad"
"""How rubrics name the class of what is not to be shown."""
_STRENGTH = {"human": 0, "model": 1, "rule": 2, "weak": 3, "synthetic": 4}


@dataclass(frozen=True)
class LabelledQuery:
    """`counts`: by category, how many relevant items (or people who clicked) speak for it; not empty. `source`: who
    judged, or `CLICKS`."""

    query: str
    counts: Mapping[str, float]
    source: str

    @property
    def total(self) -> float:
        return sum(self.counts.values())

    @property
    def best(self) -> str:
        """The category that most speaks for; of equals the first by name."""
        return min(self.counts, key=lambda name: (-self.counts[name], name))

    def category(self) -> Category:
        """The best category; p is its share if one more item had spoken for another."""
        return Category(self.best, self.counts[self.best] / (self.total + 1), self.source)


Labels = Mapping[str, LabelledQuery]
"""By normal form."""


def judged_labels(
    judgments: Judgments, contexts: Entities, category_of: Mapping[str, str], positive: Positive | None = None
) -> list[Labels]:
    """For each source the queries (titles of contexts) with the categories of their relevant items. `category_of`: by
    item id; items without a category say nothing.

    Relevant is what a rubric with the class `positive` says: the class itself, or what is not in it where it is called
    bad or lies below a grade. Without one, it is what has at least `RELEVANT` of the source's highest grade.
    """
    names = dict(zip(contexts.ids.to_pylist(), contexts.titles(), strict=True))
    return [
        _of_source(judgments.of(source).labelled(), source, names, category_of, positive)
        for source in sorted(judgments.sources, key=_order)
    ]


def _of_source(
    judgments: Judgments,
    source: str,
    names: Mapping[str, str],
    category_of: Mapping[str, str],
    positive: Positive | None,
) -> dict[str, LabelledQuery]:
    if not len(judgments):
        return {}
    relevant = judgments.table.filter(pa.array(_relevant(judgments.table["grade"].to_numpy(), positive)))
    counts, typed = defaultdict[str, Counter[str]](Counter), dict[str, str]()
    for context, item in zip(relevant["context_id"].to_pylist(), relevant["item_id"].to_pylist(), strict=True):
        query, category = names.get(context) or context, category_of.get(item)
        if category and (normal := normal_form(query)):
            counts[normal][category] += 1
            typed.setdefault(normal, query)
    return {normal: LabelledQuery(typed[normal], dict(some), source) for normal, some in counts.items()}


def _relevant(grades: NDArray[np.float64], positive: Positive | None) -> NDArray[np.bool_]:
    if positive is None:
        highest = float(grades.max())
        return (grades >= RELEVANT * highest) & (grades > 0)
    is_bad = positive.below is not None or positive.name == BAD
    return ~positive.of(grades) if is_bad else positive.of(grades)


def clicked_labels(logs: Iterable[Searches], category_of: Mapping[str, str], *, min_users: int) -> Labels:
    """Queries with the categories that at least `min_users` people clicked on; memory grows with distinct queries and
    people. `category_of`: by item id."""
    names = sorted({name for name in category_of.values() if name})
    place = {name: number for number, name in enumerate(names)}
    codes = {item: place[name] for item, name in category_of.items() if name}
    traffic, typed, normals = Traffic(), dict[str, str](), dict[str, str]()
    for log in logs:
        traffic.add(_clicks(log.table, codes, typed, normals))
    counts = defaultdict[str, dict[str, float]](dict)
    for key, people in traffic.by_frequency():
        code, _, normal = key.partition(" ")
        counts[normal][names[int(code)]] = people
    return {
        normal: LabelledQuery(typed[normal], some, CLICKS)
        for normal, some in sorted(counts.items())
        if max(some.values()) >= min_users
    }


def _clicks(searches: pa.Table, codes: Mapping[str, int], typed: dict[str, str], normals: dict[str, str]) -> pa.Table:
    """A row a click: the category's code with the query in its normal form, and who it was."""
    clicked = searches["clicked"].combine_chunks()
    rows = pc.list_parent_indices(clicked)
    of = [codes.get(item) for item in pc.list_flatten(clicked).to_pylist()]
    keys = list[str | None]()
    for query, code in zip(searches["query"].take(rows).to_pylist(), of, strict=True):
        normal = normals.get(query)
        if normal is None:
            normal = normals[query] = normal_form(query)
            typed.setdefault(normal, query)
        keys.append(f"{code} {normal}" if code is not None and normal else None)
    columns = {"query": pa.array(keys, pa.string())}
    for name in ("user_id", "session_id"):
        columns[name] = searches[name].take(rows)
    table = pa.table(columns)
    return table.filter(pc.is_valid(table["query"]))


def strongest(found: Iterable[Labels]) -> dict[str, LabelledQuery]:
    """Each query as the strongest source has it: people, then models, then clicks; of equals the first."""
    kept = dict[str, LabelledQuery]()
    for labels in found:
        for normal, one in labels.items():
            before = kept.get(normal)
            if before is None or _STRENGTH[_kind(one.source)] < _STRENGTH[_kind(before.source)]:
                kept[normal] = one
    return dict(sorted(kept.items()))


def _order(source: str) -> tuple[int, str]:
    return _STRENGTH[_kind(source)], source


def _kind(source: str) -> str:
    return source.partition(":")[0]
