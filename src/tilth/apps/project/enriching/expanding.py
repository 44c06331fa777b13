"""Query understanding of a project: what its items are, what its queries ask for, and a table of both.

work/rules/types.parquet        what each item is
work/rules/candidates.parquet   rules that look for it, beside those of other miners: nothing of them is proved
work/understanding/             what answers for queries, with the proved rules in force
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.apps.project import stored
from tilth.apps.project.enriching.mined import CANDIDATES, miners_of, write_candidates
from tilth.apps.project.enriching.searching import RULES, TYPES
from tilth.apps.project.inputs import REJECTS_NAME, Inputs
from tilth.apps.project.progress import Progress
from tilth.artifacts import RuleSets
from tilth.artifacts.understanding import (
    Made,
    RulesUsed,
    UnderstandingManifest,
    load_understanding,
    read_understanding_manifest,
    write_understanding,
)
from tilth.data import BadRows, read_parquet, read_searches, refuse_many_bad, search_parts, write_parquet
from tilth.data.write import write_bytes
from tilth.enrich.expand import (
    Built,
    ExpandConfig,
    Labels,
    build_understander,
    check_expand,
    clicked_labels,
    item_categories,
    judged_labels,
    lookup_bytes,
    lookup_table,
    strongest,
    type_rules,
    types_of,
)
from tilth.enrich.expand.lookup import LookupFormat
from tilth.enrich.spell import Traffic
from tilth.enrich.synonyms import Titles, find_heads
from tilth.errors import ConfigError
from tilth.records import Rule, Searches, rules_of

UNDERSTANDING = "understanding"


@dataclass(frozen=True)
class ExpandRun:
    """`mined` are candidates, and not served; `labelled` counts frequent queries whose category a label says; `proofs`
    how often rules were to be proved here."""

    manifest: UnderstandingManifest
    built: Built
    mined: tuple[Rule, ...]
    candidates: Path
    labelled: int
    proofs: int
    seconds: float
    folder: Path

    def to_json(self) -> dict[str, Any]:
        manifest = self.manifest
        return {
            "version": manifest.version,
            "categories": manifest.categories,
            "features": manifest.features,
            "head": manifest.head,
            "labelled": self.labelled,
            "rules": manifest.made.rules,
            "taught_by": manifest.made.taught_by,
            "query_weight": self.built.query_weight,
            "temperature": manifest.temperature,
            "measures": manifest.made.measures,
            "notes": manifest.made.notes,
            "miners": miners_of(self.mined),
            "candidates": str(self.candidates),
            "path": str(self.folder),
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Lookup:
    """A table of frequent queries that was written."""

    path: Path
    queries: int
    version: str
    rules: RulesUsed

    def to_json(self) -> dict[str, Any]:
        return {"path": str(self.path), "queries": self.queries, "version": self.version, "rules": self.rules}


class Expanding:
    """What `tilth enrich expand` does."""

    def __init__(self, inputs: Inputs, work: Path, progress: Progress) -> None:
        self._inputs, self._work, self._progress = inputs, work, progress

    def build(self, *, candidates: bool = False) -> ExpandRun:
        """Say of every item what it is, add the rules that look for it to the candidates, and build what answers for
        queries. It serves the proved rules in force; with `candidates` those that nothing has proved.

        Raises:
            ConfigError: a setting is out of range, or needs a section that is not there.
            DataError: a file cannot be used.
            ArtifactError: a folder cannot be written, or the rules in force are damaged.
        """
        done = _build(self._inputs, self._work, self._progress, candidates=candidates)
        self._inputs.rejects.write(self._work / REJECTS_NAME)
        return done

    def stale(self) -> str | None:
        """What to say where the understanding serves other proved rules than those in force; None where it does not.

        Raises:
            ArtifactError: it is damaged.
        """
        return stale_understanding(self._work)

    def export(self, out: Path, format: LookupFormat | None = None) -> Lookup:
        """Write the frequent queries with what they ask for as a file; without a `format` its name says which.

        Raises:
            ArtifactError: there is no understanding yet, or it is damaged.
            ConfigError: the name says no format.
            DataError: the file cannot be written.
        """
        chosen = format or _format_of(out)
        folder = self._work / UNDERSTANDING
        manifest = read_understanding_manifest(folder)
        table = lookup_table(load_understanding(folder))
        write_bytes(lookup_bytes(table, chosen), out)
        return Lookup(out, len(table), manifest.version, manifest.made.rules)


def stale_understanding(work: Path) -> str | None:
    """As `Expanding.stale`."""
    folder = work / UNDERSTANDING
    if not folder.is_dir():
        return None
    used, now = read_understanding_manifest(folder).made.rules, RuleSets(work / RULES).in_force
    if used.origin == "candidates" or used.generation == now:
        return None
    told = f"rules of generation {used.generation}" if used.generation else "no rules"
    return f"{folder} still answers with {told}: run `tilth enrich expand`, then `tilth serve reload`"


def _build(inputs: Inputs, work: Path, progress: Progress, *, candidates: bool) -> ExpandRun:
    began, config, items = time.perf_counter(), inputs.config.enrich.expand, inputs.items
    check_expand(config)
    progress.start("types of items", None)
    titles = Titles.of(items)
    heads = find_heads(titles)
    types, categories = types_of(titles, heads), item_categories(titles, heads)
    mined, path = type_rules(types), work / RULES / CANDIDATES
    write_parquet(pa.table({"id": items.ids, "type": types}), work / RULES / TYPES)
    write_candidates(mined, path, sorted({rule.provenance for rule in mined}))
    category_of = dict(zip(items.ids.to_pylist(), categories, strict=True))
    queries, labels = _asked(inputs, work, progress, config, category_of)
    rules, used = _served(work, path if candidates else None)
    progress.start("queries understood", None)
    built = build_understander(items, categories, rules, queries, labels, config, seed=inputs.config.project.seed)
    measures = [one.to_json() for one in built.measures]
    made = Made(used, dict(built.taught_by), measures, list(built.notes))
    manifest = write_understanding(work / UNDERSTANDING, built.understander, made)
    progress.finish()
    labelled = len(labels.keys() & built.understander.table.keys())
    figures = (labelled, len(RuleSets(work / RULES).generations()), time.perf_counter() - began)
    return ExpandRun(manifest, built, tuple(mined), path, *figures, work / UNDERSTANDING)


def _served(work: Path, candidates: Path | None) -> tuple[list[Rule], RulesUsed]:
    """The rules in force; `candidates` in their place where they are asked for."""
    if candidates is not None:
        rules = rules_of(read_parquet(candidates))
        return rules, RulesUsed("candidates", None, len(rules))
    current = RuleSets(work / RULES).current()
    if current is None:
        return [], RulesUsed()
    rules = current.rules()
    return rules, RulesUsed("proved", current.generation, len(rules))


def _asked(
    inputs: Inputs, work: Path, progress: Progress, config: ExpandConfig, category_of: dict[str, str]
) -> tuple[list[tuple[str, float]], Labels]:
    """The frequent queries with how many people typed each, and what is known of the categories of queries."""
    traffic, found = Traffic(), list[Labels]()
    if config.contexts_are_queries:
        by_rubric = inputs.config.data.pairs is not None
        judged = [(inputs.gold if by_rubric else inputs.gold_as_given, by_rubric)]
        judged.append((stored.all_judgments(inputs, work), True))
        for given, on_scale in judged:
            positive = inputs.rubric.positive if on_scale else None
            found += judged_labels(given, inputs.contexts, category_of, positive) if given is not None else []
    found.append(clicked_labels(_logs(inputs, progress, traffic), category_of, min_users=config.min_users))
    queries = [(query, people) for query, people in traffic.by_frequency() if people >= config.min_users]
    if inputs.config.data.searches is None and config.contexts_are_queries:
        queries = [(title, 1.0) for title in inputs.contexts.titles()]
    return queries, strongest(found)


def _logs(inputs: Inputs, progress: Progress, traffic: Traffic) -> Iterator[Searches]:
    """The searches of the log, which `traffic` counts on their way."""
    source, bad, rows = inputs.config.data.searches, list[BadRows](), 0
    if source is None:
        return
    progress.start("searches read", None)
    for part in search_parts(source, base=inputs.base):
        for batch in read_searches(source, part, base=inputs.base):
            traffic.add(batch.table)
            bad += batch.bad
            rows += batch.rows
            progress.advance(batch.rows)
            yield Searches(batch.table)
    refuse_many_bad(source.path, bad, rows, inputs.config.data.max_rejected)


def _format_of(out: Path) -> LookupFormat:
    formats: dict[str, LookupFormat] = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
    if out.suffix not in formats:
        hint = "let it end in .csv, .jsonl or .parquet, or say --format"
        raise ConfigError(f"{out}: its name says no format\n  hint: {hint}")
    return formats[out.suffix]
