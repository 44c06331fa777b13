"""What a query asks for: its category, the attributes it names, and what to search for besides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tilth.artifacts.index import analyze
from tilth.artifacts.understanding.categories import CategoryModel
from tilth.records import Anchor, RuleKind

MAX_CHARS = 1_000
MAX_TERMS = 32
"""As much of a query as the index looks at."""
MODEL = "model:understanding"
"""The source of a category that the small model gives."""

Origin = Literal["lookup", "model"]
"""Whether a query stands in the table of frequent ones, or was left to the model."""


@dataclass(frozen=True)
class Expansion:
    """A text to search for besides the query, in `field` (None: all), and its weight against the query's own 1: one
    rule, named by `rule_id` and `provenance`. `kind` as of a rule: a spelling takes its source's place."""

    text: str
    weight: float
    kind: RuleKind
    field: str | None = None
    rule_id: str = ""
    provenance: str = ""


@dataclass(frozen=True)
class Category:
    """`p`: probability that the query means it. `source`: who says so, `MODEL` or that of labels (`human:<annotator>`,
    `model:<name>`, `weak:clicks`)."""

    name: str
    p: float
    source: str


@dataclass(frozen=True)
class HeadQuery:
    """A frequent query as it is typed, by how many people, and its category."""

    query: str
    people: float
    category: Category | None


@dataclass(frozen=True)
class Understanding:
    """`normal`: the terms that are looked up. `category` is None where no word of the query is known."""

    query: str
    normal: str
    category: Category | None
    attributes: dict[str, str]
    expansions: tuple[Expansion, ...]
    source: Origin


class Understander:
    """Answers from a table of whole queries, and from a model, a vocabulary and rules for the others.

    `values`: attribute value, analyzed and joined by blanks -> name and value. `expansions`: source, as above -> what
    it brings, each with the anchor that its rule has. `table`: whole query, as above -> its entry.
    """

    def __init__(
        self,
        model: CategoryModel,
        values: Mapping[str, tuple[str, str]],
        expansions: Mapping[str, Sequence[tuple[Anchor, Expansion]]],
        table: Mapping[str, HeadQuery],
    ) -> None:
        self.model, self.values, self.expansions, self.table = model, dict(values), dict(expansions), dict(table)
        self._longest = max((text.count(" ") + 1 for text in (*self.values, *self.expansions)), default=0)

    def understand(self, query: str) -> Understanding:
        """Any text is a query; of a long one the beginning is read."""
        text = query[:MAX_CHARS]
        terms = analyze(text)
        ends_here = len(terms) <= MAX_TERMS and len(query) <= MAX_CHARS
        terms = terms[:MAX_TERMS]
        normal = " ".join(terms)
        head = self.table.get(normal)
        category = self.categorize(query) if head is None else head.category
        attributes, expansions = dict[str, str](), dict[Expansion, None]()
        for start, end, span in _spans(terms, self._longest):
            if found := self.values.get(span):
                attributes.setdefault(*found)
            for anchor, one in self.expansions.get(span, ()):
                at_end = ends_here and end == len(terms)
                if anchor == "anywhere" or (at_end and (anchor == "end" or start == 0)):
                    expansions[one] = None
        origin: Origin = "model" if head is None else "lookup"
        return Understanding(query, normal, category, attributes, tuple(expansions), origin)

    def categorize(self, query: str) -> Category | None:
        """What the model says, whatever the table has."""
        p = self.model.probabilities(query)
        if p is None:
            return None
        best = int(p.argmax())
        return Category(self.model.names[best], float(p[best]), MODEL)


def normal_form(query: str) -> str:
    """The terms by which a query is looked up, joined by blanks."""
    return " ".join(analyze(query[:MAX_CHARS])[:MAX_TERMS])


def _spans(terms: Sequence[str], longest: int) -> Iterable[tuple[int, int, str]]:
    """Rows of terms, the longest first: of two values of an attribute the more exact one counts."""
    for length in range(min(longest, len(terms)), 0, -1):
        for start in range(len(terms) - length + 1):
            yield start, start + length, " ".join(terms[start : start + length])
