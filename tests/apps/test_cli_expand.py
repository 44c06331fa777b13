"""`tilth enrich expand`: what it builds, which rules it serves, and the table it exports."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_helpers import tilth

from tilth.apps.project import Project
from tilth.apps.project.enriching.searching import with_types
from tilth.artifacts.understanding import load_understanding, read_understanding_manifest
from tilth.data import read_parquet, write_parquet
from tilth.enrich.expand import LOOKUP_SCHEMA
from tilth.records import Entities, Rule, rule_table, rules_of

COUNT = 12
SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"
category = "kind"
keep = ["colour"]

[data.contexts]
path = "gold.csv"
id = "query"
title = "query"
repeated = true

[data.gold]
path = "gold.csv"
context_id = "query"
item_id = "item"
source = "human:panel"
grade = "grade"

[enrich.prove]
n_boot = 200
depth = 100

[enrich.expand]
contexts_are_queries = true
"""


def put(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """For each query a good item that another word finds, and a bad one that its own does; each of a kind."""
    numbers = range(COUNT)
    items = [f"good{n},notebook{n}x maker,Notebook,red" for n in numbers]
    items += [f"bad{n},laptop{n}x sleeve,Sleeve,dark blue" for n in numbers]
    put(tmp_path / "items.csv", "id,title,kind,colour", items)
    gold = [f"laptop{n}x,{item}{n},{grade}" for n in numbers for item, grade in (("good", 3), ("bad", 0))]
    put(tmp_path / "gold.csv", "query,item,grade", gold)
    put(tmp_path / "good.csv", "kind,source,target,weight", [f"synonym,laptop{n}x,notebook{n}x,2" for n in numbers])
    (tmp_path / "tilth.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path / "tilth.toml"


def texts(shop: Path, query: str = "laptop3x") -> list[str]:
    return [one.text for one in load_understanding(shop.parent / "work" / "understanding").understand(query).expansions]


def used(shop: Path) -> tuple[str, str | None, int]:
    rules = read_understanding_manifest(shop.parent / "work" / "understanding").made.rules
    return rules.origin, rules.generation, rules.count


def test_what_is_served_is_what_was_proved(shop: Path) -> None:
    ran = tilth("enrich", "expand", "--config", shop)
    assert ran.code == 0, ran.err
    assert "expansions: none, as no rules are in force" in ran.out
    assert "Next: `tilth enrich rules prove" in ran.out
    assert "not measured: queries with a known category: 12" in ran.err
    assert "labelled queries that teach the model none" in " ".join(ran.out.split())
    assert (used(shop), texts(shop)) == (("none", None, 0), [])

    proved = tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop)
    assert "understanding still answers with no rules: run `tilth enrich expand`" in proved.err
    assert texts(shop) == [], "nothing changes by itself"
    ran = tilth("enrich", "expand", "--config", shop)
    assert "expansions: 12 proved rules, generation 000001" in ran.out
    assert (used(shop), texts(shop)) == (("proved", "000001", 12), ["notebook3x"])
    assert Project(shop).expanding.stale() is None

    back = tilth("enrich", "rules", "rollback", "--config", shop)
    assert "still answers with rules of generation 000001" in back.err
    stale = tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop, "--json").json()["stale"]
    assert "generation 000001" in stale
    taken = tilth("enrich", "rules", "rollback", "--config", shop, "--json").json()
    assert (taken["in_force"], "generation 000001" in taken["stale"]) == (None, True)
    tilth("enrich", "expand", "--config", shop)
    assert (used(shop), texts(shop)) == (("none", None, 0), [])


def test_candidates_are_served_only_where_they_are_asked_for(shop: Path) -> None:
    path = shop.parent / "work" / "rules" / "candidates.parquet"
    write_parquet(rule_table([Rule("a", "synonym", "laptop3x", "notebook3x", provenance="rule:mine")]), path)
    assert tilth("enrich", "expand", "--config", shop).code == 0
    assert texts(shop) == []
    ran = tilth("enrich", "expand", "--candidates", "--config", shop)
    assert "CANDIDATES, which nothing has proved" in ran.out
    assert texts(shop) == ["notebook3x"]
    assert used(shop)[0] == "candidates"
    assert "rule:mine" in {rule.provenance for rule in rules_of(read_parquet(path))}, "others' candidates stay"


def test_types_of_items_are_written_for_the_index(shop: Path) -> None:
    tilth("enrich", "expand", "--config", shop)
    work = shop.parent / "work"
    items = Entities("item", pa.table({"id": ["good1", "new"], "title": ["", ""], "text": ["", ""]}))
    types = with_types(items, work).table["type"].to_pylist()
    assert ("Notebook" in types[0], types[1]) == (True, "")
    assert with_types(items, work / "nowhere") is items


def test_the_table_of_frequent_queries(shop: Path) -> None:
    missing = tilth("enrich", "expand", "export", "--out", shop.parent / "t.csv", "--config", shop)
    assert (missing.code, "there is no query understanding" in missing.err) == (5, True)
    tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop)
    tilth("enrich", "expand", "--config", shop)
    files = {name: shop.parent / f"t.{name}" for name in ("csv", "jsonl", "parquet")}
    for path in files.values():
        ran = tilth("enrich", "expand", "export", "--out", path, "--config", shop)
        assert ran.code == 0, ran.err
        assert "12 queries in " in ran.out
        before = path.read_bytes()
        tilth("enrich", "expand", "--config", shop)
        tilth("enrich", "expand", "export", "--out", path, "--config", shop)
        assert path.read_bytes() == before, "the same parts give the same bytes"
    rows = [json.loads(line) for line in files["jsonl"].read_text().splitlines()]
    assert pq.read_table(files["parquet"]).to_pylist() == rows
    assert pq.read_table(files["parquet"]).schema.equals(LOOKUP_SCHEMA)
    row = next(one for one in rows if one["query"] == "laptop3x")
    assert (row["normal"], row["people"], row["category"], row["p"]) == ("laptop3x", 1, "Notebook", 0.5)
    assert row["source"] == "human:panel"
    assert [(one["text"], one["weight"], one["kind"]) for one in row["expansions"]] == [("notebook3x", 2, "synonym")]
    with files["csv"].open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [json.loads(one["expansions"]) for one in read] == [one["expansions"] for one in rows]
    odd = tilth("enrich", "expand", "export", "--out", shop.parent / "t.xls", "--config", shop)
    assert (odd.code, "its name says no format" in odd.err) == (2, True)
    named = ("--out", shop.parent / "t.xls", "--format", "csv")
    assert tilth("enrich", "expand", "export", *named, "--config", shop).code == 0
    assert (shop.parent / "t.xls").read_bytes() == files["csv"].read_bytes()


def test_judgments_of_a_model_teach_under_its_name(shop: Path) -> None:
    """They follow the rubric: what it calls bad says nothing about what a query means."""
    rows = [f"laptop{n}x,{item}{n},{grade}" for n in range(COUNT) for item, grade in (("good", 3), ("bad", 1))]
    put(shop.parent / "said.csv", "query,item,grade", rows)
    judgments = (
        '[[data.judgments]]\npath = "said.csv"\ncontext_id = "query"\nitem_id = "item"\nsource = "model:cheap"\n'
        'grade = "grade"\n[judge]\nrubric = "product-search-relevance"\n'
    )
    without_gold = SETTINGS.partition("[data.gold]")[0] + "[enrich.expand]\ncontexts_are_queries = true\n"
    shop.write_text(without_gold + judgments, encoding="utf-8")
    ran = tilth("enrich", "expand", "--config", shop)
    assert ran.code == 0, ran.err
    found = load_understanding(shop.parent / "work" / "understanding").understand("laptop3x").category
    assert found is not None
    assert (found.name, found.p, found.source) == ("Notebook", 0.5, "model:cheap")


LOG = """
[data.searches]
path = "log.csv"
query = "q"
user_id = "u"
clicked = "c"
"""


def test_a_log_gives_frequent_queries_and_their_clicks(shop: Path) -> None:
    rows = [f"Laptops,u{n},good{n}|bad1" for n in range(6)] + ["laptops,u0,good1", "secret name,u1,good1"]
    rows += [f"sleeve,u{n}," for n in range(5)]
    put(shop.parent / "log.csv", "q,u,c", rows)
    settings = SETTINGS.partition("[data.contexts]")[0] + LOG
    shop.write_text(settings, encoding="utf-8")
    done = tilth("enrich", "expand", "--config", shop, "--json").json()
    assert (done["head"], done["labelled"], done["rules"]["origin"]) == (2, 1, "none")
    out = shop.parent / "t.jsonl"
    tilth("enrich", "expand", "export", "--out", out, "--config", shop)
    first, second = map(json.loads, out.read_text().splitlines())
    assert (first["query"], first["people"], first["source"]) == ("laptops", 6, "weak:clicks")
    assert first["category"] == "Notebook", "six clicked on notebooks, six on a sleeve: of equals the first by name"
    assert first["p"] == pytest.approx(6 / 13)
    assert (second["query"], second["source"], second["category"]) == ("sleeve", "model:understanding", "Sleeve")
    assert "secret" not in out.read_text(), "what fewer than min_users asked for is not written down"
