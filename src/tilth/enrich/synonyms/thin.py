"""Queries of a log that mostly find nothing, or that few people ask and nobody clicks on: where catalog and people use
different words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tilth.enrich.synonyms.log import person_of, rows_of, text_of
from tilth.records import Searches

Why = Literal["zero_results", "tail"]
MAX_QUERIES = 1_000_000
"""Different queries of a log that are looked at."""
HEAD = 2 / 3
"""Share of the searches that the most frequent queries make up; all others are the tail."""


@dataclass(frozen=True)
class ThinQuery:
    """`people`: who asked it (sessions, where the log does not name people)."""

    query: str
    why: Why
    people: int


@dataclass
class _Seen:
    searches: int = 0
    people: set[str] = field(default_factory=set[str])
    counted: int = 0
    empty: int = 0
    watched: int = 0
    clicked: int = 0


def thin_queries(logs: Iterable[Searches], *, users: int) -> list[ThinQuery]:
    """Queries that at least `users` people asked: those without results in most searches whose results were counted,
    by falling number of people; then those of the tail without a click in any search that tells of clicks."""
    seen = dict[str, _Seen]()
    for row in rows_of(logs):
        query = text_of(row["query"])
        if query and (query in seen or len(seen) < MAX_QUERIES):
            one = seen.setdefault(query, _Seen())
            one.searches += 1
            one.people.add(person_of(row))
            one.counted += row["results"] is not None
            one.empty += row["results"] == 0
            one.watched += row["clicked"] is not None
            one.clicked += bool(row["clicked"])
    tail = _tail(seen)
    found = [
        ThinQuery(query, why, len(one.people))
        for query, one in seen.items()
        if len(one.people) >= users and (why := _why(one, query in tail)) is not None
    ]
    return sorted(found, key=lambda one: (one.why == "tail", -one.people, one.query))


def _why(one: _Seen, in_tail: bool) -> Why | None:
    if one.empty > one.counted / 2:
        return "zero_results"
    return "tail" if in_tail and one.watched and not one.clicked else None


def _tail(seen: dict[str, _Seen]) -> set[str]:
    """All but the most frequent queries that together make `HEAD` of the searches."""
    total, passed = sum(one.searches for one in seen.values()), 0
    tail = set[str]()
    for query, one in sorted(seen.items(), key=lambda entry: (-entry[1].searches, entry[0])):
        if passed >= HEAD * total:
            tail.add(query)
        passed += one.searches
    return tail
