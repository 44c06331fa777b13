"""Rules that were mined, and where they are kept until they are proved."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tilth.apps.project.inputs import Inputs
from tilth.data import read_parquet, read_searches, search_parts, write_parquet
from tilth.records import Rule, Searches, rule_table, rules_of

CANDIDATES = "candidates.parquet"
SHOWN = 5


@dataclass(frozen=True)
class Mined:
    """`rules` are candidates: nothing of them is proved."""

    rules: tuple[Rule, ...]
    path: Path

    def to_json(self) -> dict[str, Any]:
        return {"path": str(self.path), "miners": miners_of(self.rules)}


def miners_of(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """For each provenance how many rules it has, and some of them."""
    count = Counter(rule.provenance for rule in rules)
    by_name: dict[str, list[str]] = {name: [] for name in sorted(count)}
    for rule in rules:
        if len(by_name[rule.provenance]) < SHOWN:
            by_name[rule.provenance].append(f"{rule.source} -> {rule.target}")
    return [{"name": name, "rules": count[name], "examples": some} for name, some in by_name.items()]


def logs_of(inputs: Inputs) -> Iterator[Searches]:
    """The parts of `[data.searches]`; none where there is no log."""
    source = inputs.config.data.searches
    if source is not None:
        for part in search_parts(source, base=inputs.base):
            for batch in read_searches(source, part, base=inputs.base):
                yield Searches(batch.table)


def write_candidates(rules: Sequence[Rule], path: Path, replaced: Sequence[str]) -> None:
    """Write the candidates; those of other provenances than `replaced` stay."""
    before = rules_of(read_parquet(path)) if path.is_file() else []
    kept = [rule for rule in before if rule.provenance not in replaced]
    write_parquet(rule_table([*kept, *rules], created_at=datetime.now(UTC)), path)
