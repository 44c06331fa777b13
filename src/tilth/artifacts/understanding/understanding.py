"""What a query asks for: its category, the attributes it names, and what to search for besides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tilth.artifacts.index import analyze
from tilth.artifacts.understanding.categories import CategoryModel

MAX_CHARS = 300
MAX_TERMS = 16
LONGEST = 4
"""Terms of a text that is looked up."""


@dataclass(frozen=True)
class Expansion:
    """A text to search for besides the query, in `field` (None: all), and its weight. `kind` as of a rule."""

    text: str
    weight: float
    kind: str
    field: str | None = None


@dataclass(frozen=True)
class Understanding:
    """`p`: probability of `category`; both None where nothing is known. `source`: `table` or `model`."""

    query: str
    category: str | None
    p: float | None
    attributes: dict[str, str]
    expansions: tuple[Expansion, ...]
    source: str


class Understander:
    """Answers from a table of whole queries, and from a model, a vocabulary and rules for the others.

    `values`: attribute value, analyzed and joined by blanks -> name and value. `expansions`: source, as above -> what
    it brings, each with the anchor that its rule has. `table`: whole query, as above -> category and p.
    """

    def __init__(
        self,
        model: CategoryModel,
        values: Mapping[str, tuple[str, str]],
        expansions: Mapping[str, Sequence[tuple[str, Expansion]]],
        table: Mapping[str, tuple[str, float]],
    ) -> None:
        self.model, self.values, self.expansions, self.table = model, dict(values), dict(expansions), dict(table)

    def understand(self, query: str) -> Understanding:
        """Any text is a query; of a long one the beginning is read."""
        terms = analyze(query[:MAX_CHARS])[:MAX_TERMS]
        known = self.table.get(" ".join(terms))
        category, p = known or self._category(query)
        attributes, expansions = dict[str, str](), dict[Expansion, None]()
        for start, end, text in _spans(terms):
            if found := self.values.get(text):
                attributes.setdefault(*found)
            for anchor, one in self.expansions.get(text, ()):
                if anchor == "anywhere" or (end == len(terms) and (anchor == "end" or start == 0)):
                    expansions[one] = None
        return Understanding(query, category, p, attributes, tuple(expansions), "table" if known else "model")

    def _category(self, query: str) -> tuple[str | None, float | None]:
        p = self.model.probabilities(query)
        return (None, None) if p is None else (self.model.names[int(p.argmax())], float(p.max()))


def _spans(terms: Sequence[str]) -> Iterable[tuple[int, int, str]]:
    """Rows of terms, the longest first: of two values of an attribute the more exact one counts."""
    for length in range(min(LONGEST, len(terms)), 0, -1):
        for start in range(len(terms) - length + 1):
            yield start, start + length, " ".join(terms[start : start + length])
