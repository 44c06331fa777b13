"""Mining a project's catalog and log for rules."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.llms import open_llm
from tilth.apps.project.progress import Progress
from tilth.apps.project.searching import RULES
from tilth.apps.project.spending import Allowance
from tilth.data import read_parquet, read_searches, search_parts, write_parquet
from tilth.enrich import Reader
from tilth.enrich.synonyms import (
    VERDICT_SCHEMA,
    Candidate,
    PairVerdict,
    ask,
    decided,
    from_table,
    mine,
    synonym_prompt,
    to_rules,
    to_table,
    unasked,
)
from tilth.llm import Tally
from tilth.records import Rule, Searches, rule_table, rules_of

CANDIDATES, VERDICTS = "candidates.parquet", "verdicts.parquet"


@dataclass(frozen=True)
class Mined:
    """`rules` are candidates: nothing of them is proved. `asked` and `dismissed` count pairs and the LLM's refusals."""

    rules: tuple[Rule, ...]
    path: Path
    asked: int = 0
    dismissed: int = 0
    tally: Tally | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "miners": miners_of(self.rules),
            "asked": self.asked,
            "dismissed": self.dismissed,
        }


def mine_synonyms(
    inputs: Inputs, work: Path, progress: Progress, *, allowance: Allowance, limit: int | None = None
) -> Mined:
    """Mine candidates, ask the LLM of `[enrich.synonyms]` about at most `limit` new pairs where it names one, and write
    `rules/candidates.parquet`. What was decided before is not asked again.

    Raises:
        ConfigError: a setting is out of range.
        DataError: a file cannot be used.
        LLMError: the endpoint refuses all calls.
    """
    config = inputs.config.enrich.synonyms
    progress.start("candidates for synonyms", None)
    candidates = mine(inputs.items, list(_logs(inputs)), config)
    progress.finish()
    verdicts, asked, tally = _known(work), 0, None
    if config.llm is not None:
        wanted = unasked(candidates, verdicts)[:limit]
        asked = len(wanted)
        new, tally = _ask(config.llm, wanted, inputs, work, progress, allowance)
        verdicts = [*verdicts, *new]
    kept = decided(candidates, verdicts, least_confidence=config.least_confidence)
    rules, path = to_rules(kept), work / RULES / CANDIDATES
    write_candidates(rules, path, [f"rule:{name}" for name in config.miners])
    return Mined(tuple(rules), path, asked, sum(one.verdict == "never" for one in verdicts), tally)


def _logs(inputs: Inputs) -> Iterator[Searches]:
    source = inputs.config.data.searches
    if source is not None:
        for part in search_parts(source, base=inputs.base):
            for batch in read_searches(source, part, base=inputs.base):
                yield Searches(batch.table)


def _ask(
    name: str, wanted: Sequence[Candidate], inputs: Inputs, work: Path, progress: Progress, allowance: Allowance
) -> tuple[list[PairVerdict], Tally]:
    prompt, keys = synonym_prompt(), ("source", "target")
    progress.start(f"{name} looks at pairs", len(wanted))
    with open_llm(name, inputs.config, keys, base=inputs.base, work=work, run=allowance.ledger) as llm:
        reader = Reader(name, llm.model, llm.endpoint, llm.sampling)
        asked = ask(wanted, reader, llm=llm.client, prompt=prompt, on_answer=lambda *_: progress.advance(1))
    progress.finish()
    path = work / RULES / VERDICTS
    before = [read_parquet(path)] if path.is_file() else []
    write_parquet(pa.concat_tables([*before, to_table(asked.verdicts, prompt.digest, datetime.now(UTC))]), path)
    return list(asked.verdicts), asked.tally


def _known(work: Path) -> list[PairVerdict]:
    path = work / RULES / VERDICTS
    return from_table(read_parquet(path).select(VERDICT_SCHEMA.names)) if path.is_file() else []


def miners_of(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """For each provenance how many rules it has, and some of them."""
    count = Counter(rule.provenance for rule in rules)
    by_name: dict[str, list[str]] = {name: [] for name in sorted(count)}
    for rule in rules:
        if len(by_name[rule.provenance]) < 5:
            by_name[rule.provenance].append(f"{rule.source} -> {rule.target}")
    return [{"name": name, "rules": count[name], "examples": some} for name, some in by_name.items()]


def write_candidates(rules: Sequence[Rule], path: Path, replaced: Sequence[str]) -> None:
    """Write the candidates; those of other provenances than `replaced` stay."""
    before = rules_of(read_parquet(path)) if path.is_file() else []
    kept = [rule for rule in before if rule.provenance not in replaced]
    write_parquet(rule_table([*kept, *rules], created_at=datetime.now(UTC)), path)
