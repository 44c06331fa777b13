"""One attribute against gold: precision, recall and coverage with intervals, and what the mistakes are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.enrich.check.gold import NOT_STATED, GoldValue
from tilth.enrich.check.rate import Rows
from tilth.enrich.config import AttributeConfig
from tilth.enrich.values import same, text_key, value_text
from tilth.stats import Estimate

LISTED = 20


@dataclass(frozen=True)
class Mistake:
    """A value that is not the gold's, both as cells; empty: none."""

    id: str
    gold: str
    read: str


@dataclass(frozen=True)
class FieldScore:
    """One attribute by one source of gold. Shares are weighted and have 95 % intervals, counts are rows.

    precision: of the values that were read (a list: of the elements), those that gold has too.
    recall: of the values that gold has, those that were read.
    coverage: of the entities in the gold that were asked about this, those that were read at all.
    `wrong` values are others than the gold's, `invented` stand where gold says that the text states none, `missed` were
    not read. `not_asked` rows count nowhere: the catalog had a value. `exact`, of lists: sets that are the gold's.
    `confusion`, of categories and truth values: counts by the gold's value and the one read, `-` for none.
    """

    role: str
    attribute: str
    type: str
    source: str
    n: int
    not_asked: int
    correct: int
    wrong: int
    invented: int
    missed: int
    precision: Estimate
    recall: Estimate
    coverage: Estimate
    exact: Estimate | None
    confusion: dict[str, dict[str, int]] | None
    mistakes: tuple[Mistake, ...]

    @property
    def is_human(self) -> bool:
        return self.source.startswith("human:")

    def to_json(self) -> dict[str, Any]:
        plain = {name: value for name, value in vars(self).items() if not isinstance(value, Estimate)}
        estimates = {name: value.to_json() for name, value in vars(self).items() if isinstance(value, Estimate)}
        return plain | estimates | {"mistakes": [vars(mistake) for mistake in self.mistakes]}


@dataclass(frozen=True)
class ReadValue:
    """What was read of one entity. `asked` False: the catalog had a value, so nobody asked."""

    value: Any
    asked: bool = True


def score_field(
    attribute: AttributeConfig, gold: Sequence[GoldValue], read: Mapping[str, ReadValue], *, seed: int = 0
) -> FieldScore:
    """Measure what was `read`, by entity, against values of one attribute and one source (at least one)."""
    asked = [one for one in gold if one.id not in read or read[one.id].asked]
    tally = _Tally(attribute)
    for one in asked:
        tally.add(one, read.get(one.id))
    first = gold[0]
    return FieldScore(
        role=first.role,
        attribute=first.attribute,
        type=attribute.type,
        source=first.source,
        n=len(asked),
        not_asked=len(gold) - len(asked),
        **{name: tally.counts[name] for name in ("correct", "wrong", "invented", "missed")},
        precision=tally.precision.rate(seed),
        recall=tally.recall.rate(seed),
        coverage=tally.coverage.rate(seed),
        exact=tally.exact.rate(seed) if attribute.type == "list" else None,
        confusion={said: dict(row) for said, row in tally.confusion.items()} if tally.is_closed else None,
        mistakes=tuple(tally.mistakes[:LISTED]),
    )


def judged_elements(gold: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Whether each element that was read is among the gold's."""
    known = {text_key(one) for one in gold}
    return [text_key(one) in known for one in read]


class _Tally:
    def __init__(self, attribute: AttributeConfig) -> None:
        self._attribute = attribute
        self.precision, self.recall, self.coverage, self.exact = Rows(), Rows(), Rows(), Rows()
        self.counts, self.mistakes = Counter[str](), list[Mistake]()
        self.confusion: dict[str, Counter[str]] = {}
        self.is_closed = attribute.type in ("category", "boolean")

    def add(self, gold: GoldValue, found: ReadValue | None) -> None:
        self.coverage.add(found is not None, gold.weight, gold.id)
        value = None if found is None else found.value
        right = self._list(gold, value or []) if self._attribute.type == "list" else self._scalar(gold, value)
        if not right:
            self.mistakes.append(Mistake(gold.id, value_text(gold.value), value_text(value)))
        if self.is_closed and found is not None:
            row = self.confusion.setdefault(value_text(gold.value) or NOT_STATED, Counter())
            row[value_text(value) or NOT_STATED] += 1

    def _scalar(self, gold: GoldValue, value: Any) -> bool:
        right = gold.value is not None and value is not None and same(self._attribute, gold.value, value)
        if value is not None:
            self.precision.add(right, gold.weight, gold.id)
        if gold.value is not None:
            self.recall.add(right, gold.weight, gold.id)
        if right:
            self.counts["correct"] += 1
        elif value is not None:
            self.counts["invented" if gold.value is None else "wrong"] += 1
        elif gold.value is not None:
            self.counts["missed"] += 1
        return right or (gold.value is None and value is None)

    def _list(self, gold: GoldValue, value: list[str]) -> bool:
        said, found = judged_elements(gold.value, value), judged_elements(value, gold.value)
        for hit in said:
            self.precision.add(hit, gold.weight, gold.id)
        for hit in found:
            self.recall.add(hit, gold.weight, gold.id)
        self.counts["correct"] += sum(said)
        self.counts["wrong" if gold.value else "invented"] += said.count(False)
        self.counts["missed"] += found.count(False)
        self.exact.add(all(said) and all(found), gold.weight, gold.id)
        return all(said) and all(found)
