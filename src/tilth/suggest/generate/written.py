"""From what an LLM wrote to candidates: what breaks the rules of the question is rejected here already."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from tilth.artifacts.suggester import normal_form
from tilth.suggest.candidates import CANDIDATE_SCHEMA, candidates
from tilth.suggest.config import SuggestConfig
from tilth.suggest.filter import reasons
from tilth.suggest.filter.form import form_fault, script_of
from tilth.suggest.generate.distinctive import copied

MOST_IDS = 5
LATIN = frozenset({"LATIN"})
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
SCRIPTS = {
    **{language: frozenset({"CYRILLIC"}) for language in ("be", "bg", "kk", "mk", "ru", "sr", "uk")},
    **{language: frozenset({"ARABIC"}) for language in ("ar", "fa", "ur")},
    "el": frozenset({"GREEK"}),
    "he": frozenset({"HEBREW"}),
    "hi": frozenset({"DEVANAGARI"}),
    "ja": _JAPANESE,
    "ko": frozenset({"HANGUL", "CJK"}),
    "th": frozenset({"THAI"}),
    "zh": frozenset({"CJK"}),
}
"""Scripts of languages that are not written in Latin letters: a query needs letters of one of its language's."""


def to_candidates(written: pa.Table, items: pa.Table, name: str, config: SuggestConfig) -> pa.Table:
    """Candidates of source `llm:<name>`, a table of CANDIDATE_SCHEMA, from rows of WRITTEN_SCHEMA without an error.

    `items` are those that were asked about, a table of ASKED_SCHEMA. A query that was written for several items names
    them all, up to `MOST_IDS`. Those that copy a distinctive word of their item, are in another script than their
    language, or of a wrong form carry the reason.
    """
    known = {row["id"]: row for row in items.select(["id", "category", "forbidden"]).to_pylist()}
    queries, owners, faults = list[str](), dict[str, list[str]](), list[str | None]()
    languages, categories = list[str](), list[str | None]()
    for row in written.to_pylist():
        query = " ".join(row["query"].lower().split())
        normal = normal_form(query)
        if not normal or row["id"] not in known:
            continue
        item = known[row["id"]]
        ids = owners.setdefault(normal, [])
        if row["id"] not in ids and len(ids) < MOST_IDS:
            ids.append(row["id"])
        queries.append(query)
        faults.append(_fault(query, row["language"], item["forbidden"], config))
        languages.append(row["language"])
        categories.append(item["category"])
    if not queries:
        return CANDIDATE_SCHEMA.empty_table()
    columns: Mapping[str, Sequence[object]] = {
        "item_ids": [owners[normal_form(query)] for query in queries],
        "language": languages,
        "category": categories,
        "rejected": faults,
    }
    return candidates(f"llm:{name}", queries, columns)


def _fault(query: str, language: str, forbidden: Sequence[str], config: SuggestConfig) -> str | None:
    if wrong := form_fault(query, config.filter):
        return wrong
    if word := copied(query, forbidden):
        return f"{reasons.COPIES}: {word}"
    scripts = SCRIPTS.get(language.split("-")[0], LATIN)
    found = {script for char in query if (script := script_of(char)) is not None}
    return None if not found or found & scripts else f"{reasons.LANGUAGE}: {language}"
