"""Whole queries whose correction is fixed, or that must be left as they are, each with who said so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from tilth.artifacts.speller.words import words

SCHEMA = pa.schema([pa.field("query", pa.string()), pa.field("text", pa.string()), pa.field("source", pa.string())])


@dataclass(frozen=True, slots=True)
class FixedQuery:
    """`text` replaces `query`; None: it is left as it is. `source` as in judgments, such as `model:<name>`."""

    query: str
    text: str | None
    source: str


@dataclass(frozen=True)
class Exceptions:
    """By the folded words of a query, so that case, blanks and punctuation do not matter."""

    by_words: Mapping[str, FixedQuery]

    @staticmethod
    def of_rows(rows: Iterable[FixedQuery]) -> "Exceptions":
        """The last row about a query counts."""
        return Exceptions({_words(row.query): row for row in rows})

    def of(self, query: str) -> FixedQuery | None:
        return self.by_words.get(_words(query)) if self.by_words else None

    def table(self) -> pa.Table:
        rows = [{"query": row.query, "text": row.text, "source": row.source} for row in self.by_words.values()]
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def _words(query: str) -> str:
    return " ".join(word.form for word in words(query))
