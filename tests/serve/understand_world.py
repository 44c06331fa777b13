"""A small catalog's query understanding and speller, in a project's work folder."""

import json
from pathlib import Path

import pyarrow as pa
from serve_world import PROJECT

from tilth.artifacts import RuleSets
from tilth.artifacts.speller import write_speller
from tilth.artifacts.understanding import Made, RulesUsed, UnderstandingManifest, write_understanding
from tilth.enrich.expand import ExpandConfig, LabelledQuery, build_understander
from tilth.enrich.spell import SpellConfig, build
from tilth.records import Entities, Rule, rule_table

TITLES = {
    "seats": ["white toilet seat", "oak toilet seat", "round seat"],
    "hoses": ["green garden hose", "rubber hose", "long garden hose"],
    "灯": ["台灯 白", "台灯 黑", "台灯 银"],
    "مصابيح": ["مصباح أبيض", "مصباح مكتب", "مصباح أسود"],
}
RULES = [
    Rule("r1", "synonym", "seat", "lid", 0.5, "two_way", provenance="rule:example"),
    Rule("r2", "expansion", "hose", "hose", 0.1, field="type", anchor="end", provenance="rule:type-last"),
]
FIRST = RulesUsed("proved", "000001", 2)
SETTINGS = """
[serve]
port = PORT
[serve.understand]
deadline_ms = "none"
[serve.log]
access = "file"
"""


def put_understanding(work: Path, rules: list[Rule] = RULES, used: RulesUsed = FIRST) -> UnderstandingManifest:
    """Over the one that a work folder has; the head is `Toilet seat`, labelled by people, and `garden hose`."""
    rows = [(kind, title) for kind, titles in TITLES.items() for title in titles]
    columns = {
        "id": [str(n) for n in range(len(rows))],
        "title": [title for _, title in rows],
        "text": [""] * len(rows),
        "colour": ["white" if "white" in title else "green" for _, title in rows],
    }
    label = {"toilet seat": LabelledQuery("toilet seat", {"seats": 3.0}, "human:panel")}
    asked = [("Toilet seat", 9.0), ("garden hose", 7.0)]
    items, kinds = Entities("item", pa.table(columns)), [kind for kind, _ in rows]
    built = build_understander(items, kinds, rules, asked, label, ExpandConfig())
    return write_understanding(work / "understanding", built.understander, Made(used))


def put_speller(work: Path) -> str:
    texts = [(title, 50.0) for titles in TITLES.values() for title in titles]
    return write_speller(work / "speller", build(texts, [("toilet seat", 9.0)], SpellConfig())).version


def put_rules(work: Path) -> str:
    """A generation of its own in force; returns its name."""
    return RuleSets(work / "rules").add(rule_table(RULES), {"proof": {}})


def put_understanding_project(folder: Path, settings: str = "") -> Path:
    """A project that understands queries, corrects them, and can do nothing else. Returns the path of tilth.toml."""
    work = folder / "work"
    put_understanding(work)
    put_speller(work)
    put_rules(work)
    (folder / "tilth.toml").write_text(PROJECT + settings, encoding="utf-8")
    return folder / "tilth.toml"


def access_lines(work: Path) -> list[dict]:
    return [json.loads(line) for line in (work / "serve" / "access.jsonl").read_text().splitlines()]
