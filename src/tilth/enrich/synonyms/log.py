"""Candidates from a search log: queries that end in the same clicks, and what people type when one finds nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from math import sqrt
from typing import Any

from tilth.enrich.synonyms.candidates import Candidate
from tilth.records import Searches
from tilth.text import fold, tokens

COCLICKED, REFORMULATED = "rule:coclicked", "rule:reformulated"
MAX_CHARS, MAX_WORDS = 200, 4
MAX_QUERIES = 50
"""Queries of one item that are compared with each other: the most frequent ones."""
MAX_SESSION = 200
"""Searches of one session that are read: a longer one is a machine's."""
SOON = timedelta(minutes=10)


@dataclass(frozen=True)
class LogSettings:
    """What a pair of queries has to show."""

    users: int = 2
    """Different people who did it (sessions, where the log does not name people)."""
    likeness: float = 0.2
    """Least cosine of the clicks of two queries (Craswell and Szummer 2007 walk the same graph)."""


def coclicked(logs: Iterable[Searches], settings: LogSettings) -> list[Candidate]:
    """What differs in queries whose clicks fall on the same items; surer the more pairs of queries differ in it."""
    clicks = defaultdict[str, dict[str, set[str]]](dict)
    for row in rows_of(logs):
        for item in set(row["clicked"] or ()):
            clicks[item].setdefault(text_of(row["query"]), set()).add(person_of(row))
    length, product, people = Counter[str](), Counter[tuple[str, str]](), defaultdict[tuple[str, str], set[str]](set)
    for queries in clicks.values():
        for query, who in queries.items():
            length[query] += len(who) ** 2
        some = sorted(queries, key=lambda query: (-len(queries[query]), query))[:MAX_QUERIES]
        for one, two in combinations(sorted(some), 2):
            product[one, two] += len(queries[one]) * len(queries[two])
            people[one, two] |= queries[one] | queries[two]
    likeness, pairs = dict[tuple[str, str], float](), Counter[tuple[str, str]]()
    for (one, two), value in product.items():
        alike = value / sqrt(length[one] * length[two])
        different = _difference(one, two)
        if alike >= settings.likeness and len(people[one, two]) >= settings.users and all(different):
            key = (min(different), max(different))
            likeness[key] = max(likeness.get(key, 0.0), alike)
            pairs[key] += 1
    return [
        Candidate(*key, COCLICKED, alike * n / (n + 1), f"clicks alike {alike:.2f}, pairs {n}")
        for key, alike in sorted(likeness.items())
        for n in [pairs[key]]
    ]


def reformulated(logs: Iterable[Searches], settings: LogSettings) -> list[Candidate]:
    """From a query without results or clicks to the next one of its session that has a click, soon after (Jones et al.
    2006). Only what the two queries do not share is kept."""
    sessions = defaultdict[str, list[tuple[datetime, str, bool, bool]]](list)
    for row in rows_of(logs):
        session, ts = row["session_id"], row["ts"]
        if session is not None and ts is not None and len(sessions[session]) < MAX_SESSION:
            failed = row["results"] == 0 or row["clicked"] == []
            sessions[session].append((ts, text_of(row["query"]), failed, bool(row["clicked"])))
    people, asked = defaultdict[tuple[str, str], set[str]](set), defaultdict[str, set[str]](set)
    for session, some in sessions.items():
        some.sort()
        for (ts, one, failed, _), (later, two, _, clicked) in pairwise(some):
            left, right = _difference(one, two)
            if left:
                asked[left].add(session)
            if failed and clicked and later - ts <= SOON and left and right:
                people[left, right].add(session)
    return [
        Candidate(one, two, REFORMULATED, len(who) / len(asked[one]), f"{len(who)} of {len(asked[one])}", "one_way")
        for (one, two), who in sorted(people.items())
        if len(who) >= settings.users
    ]


def rows_of(logs: Iterable[Searches]) -> Iterator[dict[str, Any]]:
    """The searches of all parts, as they are written down."""
    names = ["session_id", "user_id", "query", "ts", "results", "clicked"]
    for log in logs:
        for batch in log.table.select(names).to_batches(max_chunksize=10_000):
            yield from batch.to_pylist()


def text_of(query: str) -> str:
    """The words of a query, folded."""
    return " ".join(tokens(fold(query[:MAX_CHARS])))


def person_of(row: dict[str, Any]) -> str:
    """Who searched: the user, else the session."""
    return str(row["user_id"] or row["session_id"])


def _difference(one: str, two: str) -> tuple[str, str]:
    """What stands in one query and not in the other; two empty texts where that is too long to be one notion."""
    left, right = one.split(), two.split()
    first, second = [word for word in left if word not in right], [word for word in right if word not in left]
    if max(len(first), len(second)) > MAX_WORDS:
        return "", ""
    return " ".join(first), " ".join(second)
