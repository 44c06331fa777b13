"""A project's speller: built from its catalog, log and known corrections, and what it does to its queries."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.artifacts.speller import (
    Candidate,
    Correction,
    FixedQuery,
    Speller,
    SpellerManifest,
    load_speller,
    write_speller,
)
from tilth.data import (
    BadRows,
    load_corrections,
    load_word_list,
    read_parquet,
    read_searches,
    refuse_many_bad,
    search_parts,
    write_json,
    write_parquet,
)
from tilth.enrich.spell import Fitted, Traffic, Trained, folded, run, spelling_rules, with_exceptions
from tilth.errors import DataError
from tilth.records import rule_table

FOLDER, SETTLED, RULES = "speller", "settled.parquet", "rules.parquet"
SETTLED_SCHEMA = pa.schema(
    [
        pa.field("query", pa.string(), nullable=False),
        pa.field("text", pa.string()),
        pa.field("source", pa.string(), nullable=False),
    ]
)
"""Queries that were settled, each by a source; `text` is null where the query stays as it is."""
SHOWN = 20


@dataclass(frozen=True)
class ChangedQuery:
    """A query of the log, its traffic, and what it would become."""

    query: str
    weight: float
    text: str
    confidence: float


@dataclass(frozen=True)
class SpellRun:
    """A speller that was built. `looked_at` are the most frequent queries of the log, `changed_share` the share of
    their traffic that is changed, `changed` the most frequent of those that are."""

    manifest: SpellerManifest
    trained: Trained
    queries: int
    looked_at: int
    changed_share: float
    changed: tuple[ChangedQuery, ...]
    rules: int
    settled: int
    seconds: float
    folder: Path
    rules_path: Path

    @property
    def fitted(self) -> Fitted | None:
        return self.trained.fitted

    def to_json(self) -> dict[str, Any]:
        fitted = self.fitted
        return {
            "version": self.manifest.version,
            "words": self.manifest.words,
            "pairs": self.manifest.pairs,
            "queries": self.queries,
            "known": self.trained.known,
            "right": self.trained.right,
            "threshold": self.manifest.settings.threshold,
            "false_corrections": None if fitted is None else asdict(fitted.false_corrections),
            "accuracy": None if fitted is None else asdict(fitted.accuracy),
            "looked_at": self.looked_at,
            "changed_share": self.changed_share,
            "changed": [asdict(one) for one in self.changed],
            "rules": self.rules,
            "settled": self.settled,
            "notes": list(self.trained.notes),
            "seconds": self.seconds,
            "path": str(self.folder),
            "rules_path": str(self.rules_path),
        }


@dataclass(frozen=True)
class Explained:
    """A text, what becomes of it, and what else its words may be."""

    text: str
    correction: Correction
    candidates: tuple[Candidate, ...]
    threshold: float
    settled_by: str | None
    """Who fixed the whole text, where somebody did."""

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "corrected": self.correction.text,
            "confidence": self.correction.confidence,
            "changes": [asdict(change) for change in self.correction.changes],
            "candidates": [asdict(one) for one in self.candidates],
            "threshold": self.threshold,
            "settled_by": self.settled_by,
        }


def speller_folder(work: Path) -> Path:
    return work / FOLDER


def build_speller(inputs: Inputs, work: Path, progress: Progress) -> SpellRun:
    """Build the speller of a project, and the rules of what it changes in frequent queries.

    What an LLM has settled stays settled.

    Raises:
        DataError: a file cannot be used, or there is no word in all of them.
        ArtifactError: the speller cannot be written.
    """
    began, config = time.perf_counter(), inputs.config.enrich.spell
    queries = queries_of(inputs, progress)
    known = _known(inputs)
    listed = load_word_list(config.word_list, base=inputs.base) if config.word_list is not None else None
    progress.start("words counted, weights fitted", None)
    trained = run(config, _watched(_texts(inputs), progress), queries, known, listed)
    settled = stored_settled(work)
    speller = with_exceptions(trained.speller, settled)
    head = queries[: config.head]
    progress.start("frequent queries corrected", len(head))
    corrected = [(query, weight, speller.correct(query)) for query, weight in _watched(head, progress)]
    changed = [ChangedQuery(query, weight, to.text, to.confidence) for query, weight, to in corrected if to.changed]
    rules = spelling_rules(speller, corrected)
    progress.finish()
    folder = speller_folder(work)
    manifest = write_speller(folder, speller)
    rules_path = folder.with_name("spelling") / RULES
    write_parquet(rule_table(rules), rules_path)
    traffic = sum(weight for _, weight in head)
    share = sum(one.weight for one in changed) / traffic if traffic else 0.0
    figures = (len(queries), len(head), share, tuple(changed[:SHOWN]), len(rules), len(settled))
    done = SpellRun(manifest, trained, *figures, time.perf_counter() - began, folder, rules_path)
    write_json(done.to_json(), rules_path.with_name("spelling.json"))
    return done


def explain(work: Path, text: str) -> Explained:
    """What the project's speller makes of a text, and why.

    Raises:
        ArtifactError: there is no speller, or it is damaged.
    """
    speller = need_speller(work)
    fixed = speller.tables.exceptions.of(text)
    threshold = speller.settings.threshold
    source = None if fixed is None else fixed.source
    return Explained(text, speller.correct(text), speller.candidates(text), threshold, source)


def queries_of(inputs: Inputs, progress: Progress) -> list[tuple[str, float]]:
    """The queries of the log with how many people typed each, the most frequent first; without a log, where they are
    queries, the titles of `[data.contexts]`, each once.

    Raises:
        DataError: a file cannot be used.
    """
    source, base = inputs.config.data.searches, inputs.base
    if source is None:
        if not inputs.config.enrich.spell.contexts_are_queries:
            return []
        titles = dict.fromkeys(map(folded, inputs.contexts.table["title"].to_pylist()))
        return [(title, 1.0) for title in titles if title]
    traffic, bad, rows = Traffic(), list[BadRows](), 0
    progress.start("searches read", None)
    for part in search_parts(source, base=base):
        for batch in read_searches(source, part, base=base):
            traffic.add(batch.table)
            bad += batch.bad
            rows += batch.rows
            progress.advance(batch.rows)
    progress.finish()
    refuse_many_bad(source.path, bad, rows, inputs.config.data.max_rejected)
    return traffic.by_frequency()


def stored_settled(work: Path) -> list[FixedQuery]:
    """What was settled in earlier runs.

    Raises:
        DataError: the file is damaged.
    """
    path = _settled_path(work)
    if not path.exists():
        return []
    table = read_parquet(path)
    if not table.schema.equals(SETTLED_SCHEMA):
        raise DataError("holds other columns than `tilth enrich spell ask` writes", path=path)
    return [FixedQuery(**row) for row in table.to_pylist()]


def write_settled(work: Path, rows: Iterable[FixedQuery]) -> Path:
    """Keep what is settled, in the place of what was; the last row about a query counts."""
    found = {row.query: {"query": row.query, "text": row.text, "source": row.source} for row in rows}
    path = _settled_path(work)
    write_parquet(pa.Table.from_pylist(list(found.values()), schema=SETTLED_SCHEMA), path)
    return path


def need_speller(work: Path) -> Speller:
    """Raises:
    ArtifactError: there is none.
    """
    return load_speller(speller_folder(work))


def _settled_path(work: Path) -> Path:
    return work / "spelling" / SETTLED


def _known(inputs: Inputs) -> list[tuple[str, str]]:
    config = inputs.config
    if config.enrich.spell.known is None:
        return []
    limit = config.data.max_rejected
    return load_corrections(config.enrich.spell.known, base=inputs.base, rejects=inputs.rejects, max_rejected=limit)


def _texts(inputs: Inputs) -> Iterator[tuple[str, float]]:
    """Titles and texts of the catalog, each a text of its own: no word of one follows a word of the other."""
    for name in ("title", "text"):
        for chunk in inputs.items.table[name].chunks:
            yield from ((text, 1.0) for text in chunk.to_pylist() if text)


def _watched(rows: Iterable[tuple[str, float]], progress: Progress) -> Iterator[tuple[str, float]]:
    for count, row in enumerate(rows, start=1):
        if count % 1000 == 0:
            progress.advance(1000)
        yield row
