"""Rules of a project: proved on its judged queries, kept in generations, exported."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from tilth.apps.project.enriching.expanding import stale_understanding
from tilth.apps.project.enriching.searching import RULES, project_index
from tilth.apps.project.filtering.combining import all_sources
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.artifacts import RuleSet, RuleSets
from tilth.artifacts.index import SearchIndex
from tilth.config import load_config
from tilth.data import read_rules
from tilth.data.rules import rules_jsonl
from tilth.enrich.export import Exported, OnMisfit, export_rules
from tilth.enrich.prove import Judged, Proof, RuleEvidence, prove
from tilth.errors import DataError
from tilth.records import Judgments, Rule, rule_table

UNPROVED = "all rules of {path}, whether proved or not; without a file, only the proved rules in force are exported"


@dataclass(frozen=True)
class Proved:
    """What a proof gave. `generation` holds it; `in_force` is the generation that ships now, None where none does;
    `stale` what to say where the query understanding serves another one."""

    proof: Proof
    rules: int
    k: int
    generation: str
    in_force: str | None
    path: Path
    stale: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "kept": len(self.proof.kept),
            "k": self.k,
            "generation": self.generation,
            "in_force": self.in_force,
            "path": str(self.path),
            "stale": self.stale,
            "proof": self.proof.to_json(),
        }


def rule_sets(work: Path) -> RuleSets:
    return RuleSets(work / RULES)


def prove_rules(path: str, inputs: Inputs, work: Path, progress: Progress) -> Proved:
    """Replay the rules of a file on the project's judged queries, and write what may ship as a new generation.

    Raises:
        DataError: the file holds no rules, or there are too few judged queries.
        ArtifactError: the index or the generation cannot be written.
    """
    rules = read_rules(path)
    judged = Judged.of(_judgments(inputs, work), inputs.contexts)
    progress.start("index of the items", None)
    index = project_index(inputs.items, work)
    progress.start(f"{len(rules):,} rules on {len(judged):,} queries", None)
    config = inputs.config.enrich.prove
    proof = prove(rules, judged, index, config)
    progress.finish()
    now = datetime.now(UTC)
    table = _with_evidence(proof.ships, proof, now)
    provenance = _provenance(path, rules, index, now) | {"config": msgspec.to_builtins(config)}
    sets = rule_sets(work)
    generation = sets.add(table, {**provenance, "proof": proof.to_json()})
    path_of = sets.folder / generation
    return Proved(proof, len(rules), config.k, generation, sets.in_force, path_of, stale_understanding(work))


@dataclass(frozen=True)
class Shown:
    """Rules to look at, as rows. Those of a proved set have evidence, its `generation`, and the `reason` of the proof;
    `generations` are all that were ever written."""

    rules: tuple[dict[str, Any], ...]
    generation: str | None = None
    generations: tuple[str, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "generation": self.generation,
            "generations": list(self.generations),
            "reason": self.reason,
            "rules": list(self.rules),
        }


def look(path: str | None, config: Path) -> Shown:
    """The rules of a file, or those in force in the project of `config`.

    Raises:
        DataError: the file holds no rules, or none are in force.
    """
    if path is not None:
        return Shown(tuple(asdict(rule) for rule in read_rules(path)))
    work = work_of(config)
    found = rules_in_force(work)
    rows = [{**row, "created_at": str(row["created_at"])} for row in found.table.to_pylist()]
    reason = str(found.proof.get("proof", {}).get("reason", ""))
    return Shown(tuple(rows), found.generation, tuple(rule_sets(work).generations()), reason)


def export(path: str | None, config: Path, out: Path, format: str, *, on_misfit: OnMisfit, name: str) -> Exported:
    """Export the rules of a file, or those in force in the project of `config`; a file needs no project. The notes say
    that nobody looks whether the rules of a file are proved.

    Raises:
        DataError: there are no rules, or they do not fit the format.
        ConfigError: no such format, or no such project.
    """
    if path is None:
        return export_rules(rules_in_force(work_of(config)).rules(), out, format, on_misfit=on_misfit, name=name)
    exported = export_rules(read_rules(path), out, format, on_misfit=on_misfit, name=name)
    return replace(exported, notes=(UNPROVED.format(path=path), *exported.notes))


def work_of(config: Path) -> Path:
    return config.parent / load_config(config).project.work


def rules_in_force(work: Path) -> RuleSet:
    """Raises:
    DataError: no set of rules is in force.
    """
    found = rule_sets(work).current()
    if found is None:
        hint = "name a file of rules, or run `tilth enrich rules prove` first"
        raise DataError("no proved set of rules is in force", path=work / RULES, hint=hint)
    return found


def _judgments(inputs: Inputs, work: Path) -> Judgments:
    """The gold, and the labels of `[enrich.prove] judged_by`.

    Raises:
        DataError: there is no gold, or no label of such a source.
    """
    names = inputs.config.enrich.prove.judged_by
    gold = inputs.gold_as_given if names else inputs.need_gold(as_given=True)
    tables = [] if gold is None else [gold.table]
    known = all_sources(inputs, work) if names else None
    for name in names:
        if known is None or name not in known.judgments.sources:
            listed = ", ".join(known.judgments.sources) if known is not None else "none"
            raise DataError(
                f"[enrich.prove] judged_by names '{name}', which has judged nothing",
                path="tilth.toml",
                hint=f"run `tilth judge run` first; sources of labels: {listed}",
            )
        tables.append(known.of(name).table)
    return Judgments(pa.concat_tables(tables, promote_options="default"))


def _provenance(path: str, rules: Sequence[Rule], index: SearchIndex, now: datetime) -> dict[str, Any]:
    return {
        "created_at": now.isoformat(),
        "tilth": version("tilth"),
        "rules": {"path": path, "count": len(rules), "sha256": hashlib.sha256(rules_jsonl(rules)).hexdigest()},
        "index": {"items": len(index), "digest": index.folder.name, "config": msgspec.to_builtins(index.config)},
    }


def _with_evidence(kept: Sequence[Rule], proof: Proof, now: datetime) -> pa.Table:
    """Rows of the kept rules, each with what replay said of it by itself."""
    evidence: dict[str, RuleEvidence] = {one.rule_id: one for one in proof.rules}
    found = [evidence[rule.rule_id] for rule in kept]
    table = rule_table(kept, created_at=now)
    columns: dict[str, pa.Array] = {
        "verdict": pa.array([one.verdict for one in found], pa.string()),
        "reason": pa.array([one.reason for one in found], pa.string()),
        "queries": pa.array([one.queries for one in found], pa.int64()),
        "helped": pa.array([one.helped for one in found], pa.int64()),
        "hurt": pa.array([one.hurt for one in found], pa.int64()),
        "gain": pa.array([one.gain.value for one in found], pa.float64(), from_pandas=True),
        "gain_low": pa.array([one.gain.low for one in found], pa.float64(), from_pandas=True),
        "gain_high": pa.array([one.gain.high for one in found], pa.float64(), from_pandas=True),
        "gain_beside": pa.array([one.beside.value for one in found], pa.float64(), from_pandas=True),
    }
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table
