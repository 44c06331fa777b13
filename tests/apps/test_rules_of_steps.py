"""What `enrich spell`, `enrich expand` and `enrich synonyms` write is proved and exported as it is."""

import json
from pathlib import Path

from cli_helpers import tilth
from spell_project import known_corrections, put_spelling, write_rows

from tilth.data import read_rules
from tilth.enrich.prove.applying import RuleBook

GOLD = """
[data.contexts]
path = "queries.csv"
id = "query"
title = "query"

[data.gold]
path = "gold.csv"
context_id = "query"
item_id = "item"
source = "human:panel"
grade = "grade"

[enrich.prove]
n_boot = 200
"""
TYPED = {
    "toliet": "i151", "tolet seat": "i152", "gardne": "i111", "dirll": "i320", "cieling": "i270", "ceilng fan": "i271",
    "floring": "i60", "faucte": "i0", "makiat": "i322", "drill": "i321", "ceiling fan": "i272", "hose": "i112",
    "flooring": "i61", "oak": "i62", "white": "i153",
}  # fmt: skip
"""Queries of which some are mistyped, and an item that people found right."""


def shop(folder: Path, *more: str) -> Path:
    config = put_spelling(folder, GOLD, '[enrich.spell]\nknown = "known.tsv"\n', *more)
    write_rows(folder / "known.tsv", known_corrections())
    searches = [f"{query},u{n}" for query in TYPED for n in range(3)]
    write_rows(folder / "searches.csv", ["query,user", *searches])
    write_rows(folder / "queries.csv", ["query", *TYPED])
    write_rows(folder / "gold.csv", ["query,item,grade", *(f"{query},{item},3" for query, item in TYPED.items())])
    return config


def test_what_the_speller_changes_is_proved_and_exported(tmp_path: Path) -> None:
    config = shop(tmp_path)
    assert tilth("enrich", "spell", "--config", config).code == 0
    rules = tmp_path / "work" / "spelling" / "rules.parquet"
    ran = tilth("enrich", "rules", "prove", rules, "--config", config, "--json")
    assert ran.code == 0, ran.err
    proof = ran.json()["proof"]
    evidence = {row["rule_id"]: row for row in proof["rules"]}
    spoken = [rule for rule in read_rules(rules) if evidence[rule.rule_id]["queries"]]
    assert {rule.kind for rule in spoken} == {"spelling"}
    assert len(spoken) >= 4
    assert all(evidence[rule.rule_id]["hurt"] == 0 for rule in spoken)
    assert proof["baseline"]["zero_results"]["value"] > proof["held_out"]["zero_results"]["value"]
    assert proof["verdict"] == "keep"
    out = tmp_path / "out"
    exported = tilth("enrich", "rules", "export", "--format", "elasticsearch", "--out", out, "--config", config)
    assert exported.code == 0, exported.err
    table = json.loads((out / "spelling.json").read_text())
    book = RuleBook(read_rules(tmp_path / "work" / "rules" / "000001" / "rules.parquet"))
    for typed in TYPED:  # what a program that knows only the table makes of each query
        looked_up = " ".join(table.get(word, [{"target": word}])[0]["target"] for word in typed.split())
        assert looked_up == book.rewrite(typed, book.applying(typed)).query


def test_the_expansions_of_an_understanding_are_proved(tmp_path: Path) -> None:
    config = shop(tmp_path)
    assert tilth("enrich", "expand", "--config", config).code == 0
    rules = tmp_path / "work" / "rules" / "candidates.parquet"
    assert {(rule.kind, rule.field) for rule in read_rules(rules)} == {("expansion", "type")}
    assert {(rule.kind, rule.field) for rule in read_rules(rules)} == {("expansion", "type")}
    ran = tilth("enrich", "rules", "prove", rules, "--config", config, "--json").json()
    touched = {one["name"]: one["touched"] for one in ran["proof"]["families"]}
    assert touched["rule:type-last"] >= touched["rule:type-alone"] > 0
    assert ran["proof"]["verdict"] in ("keep", "reject", "not_enough_evidence")


def test_a_model_judges_beside_people(tmp_path: Path) -> None:
    more = '[[data.judgments]]\npath = "said.csv"\ncontext_id = "query"\nitem_id = "item"\nsource = "model:m"\n'
    rubric = '[judge]\nrubric = "product-search-relevance"\n'
    config = shop(tmp_path, more + 'grade = "grade"\n', rubric)
    text = config.read_text(encoding="utf-8").replace("[enrich.prove]", '[enrich.prove]\njudged_by = ["model:m"]')
    config.write_text(text, encoding="utf-8")
    write_rows(tmp_path / "said.csv", ["query,item,grade", *(f"{query},{item},2" for query, item in TYPED.items())])
    people = list(TYPED.items())[:3]
    write_rows(tmp_path / "gold.csv", ["query,item,grade", *(f"{query},{item},3" for query, item in people)])
    assert tilth("enrich", "spell", "--config", config).code == 0
    ran = tilth("enrich", "rules", "prove", tmp_path / "work" / "spelling" / "rules.parquet", "--config", config)
    assert ran.code == 0, ran.err
    said = " ".join(ran.err.split())
    assert "12 of the queries were judged by model:m and by no person, and its error is not known" in said
    assert "not enough evidence" in ran.out
