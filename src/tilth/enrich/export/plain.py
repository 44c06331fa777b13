"""All that rules say: for Tilth's own index, for programs, and for people."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from tilth.data.rules import rules_csv, rules_jsonl, rules_parquet
from tilth.enrich.export.encoding import json_bytes
from tilth.enrich.export.result import Engine, Misfit
from tilth.records import Rule


def misfits(rules: Sequence[Rule]) -> list[Misfit]:  # noqa: ARG001 - any rule fits
    return []


def _engine(files: dict[str, Callable[[Sequence[Rule]], bytes]], note: str) -> Engine:
    def encoded(rules: Sequence[Rule], name: str) -> dict[str, bytes]:  # noqa: ARG001 - the files have names of their own
        return {name: encode(rules) for name, encode in files.items()}

    def notes(rules: Sequence[Rule], name: str) -> list[str]:  # noqa: ARG001
        return [note]

    return Engine(misfits, encoded, notes, weights=True, unbound=lambda _: None)


def _json(rules: Sequence[Rule]) -> bytes:
    return json_bytes([asdict(rule) for rule in rules])


TANTIVY = _engine(
    {"rules.parquet": rules_parquet, "rules.jsonl": rules_jsonl},
    "RuleBook(read_rules(path)) of either file rewrites queries for Tilth's SearchIndex",
)
CSV = _engine(
    {"rules.csv": rules_csv}, "texts that begin with =, +, - or @ are formulas to a spreadsheet: import as text"
)
JSON = _engine({"rules.json": _json}, "one object for each rule, in order")
