"""Rules on the command line: proved on a tiny shop, looked at, exported, taken back."""

import csv
import json
from pathlib import Path
from typing import get_args

import pyarrow.parquet as pq
import pytest
from cli_helpers import tilth

from tilth.apps.cli.rules import FormatName
from tilth.apps.project import Project
from tilth.enrich.export import FORMATS
from tilth.errors import ArtifactError, DataError

COUNT = 12
SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"

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
"""


def put(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """For each query a good item that another word finds, and a bad one that its own does; grades up to 3, beyond the
    default rubric's."""
    numbers = range(COUNT)
    items = [f"good{n},notebook{n}x maker" for n in numbers] + [f"bad{n},laptop{n}x sleeve" for n in numbers]
    put(tmp_path / "items.csv", "id,title", items)
    gold = [f"laptop{n}x,{item}{n},{grade}" for n in numbers for item, grade in (("good", 3), ("bad", 0))]
    put(tmp_path / "gold.csv", "query,item,grade", gold)
    put(tmp_path / "good.csv", "kind,source,target,weight", [f"synonym,laptop{n}x,notebook{n}x,2" for n in numbers])
    put(tmp_path / "bad.csv", "kind,source,target,weight", [f"synonym,laptop{n}x,sleeve,9" for n in numbers])
    (tmp_path / "tilth.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path / "tilth.toml"


def test_rules_are_proved_shown_exported_and_taken_back(shop: Path) -> None:
    ran = tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop)
    assert ran.code == 0, ran.err
    assert "12 rules on 12 judged queries (human:panel)" in ran.out
    assert "nDCG@10, unjudged as 0" in ran.out
    assert "Verdict: keep: on queries it had not seen, the selection helps" in ran.out
    assert "12 rules are in force now" in ran.out
    folder = shop.parent / "work" / "rules" / "000001"
    table = pq.read_table(folder / "rules.parquet")
    assert table["verdict"].to_pylist() == ["keep"] * COUNT
    assert table["gain"].to_pylist() == [1.0] * COUNT
    proof = json.loads((folder / "proof.json").read_text())
    assert (proof["index"]["items"], proof["rules"]["count"], proof["config"]["n_boot"]) == (24, 12, 200)

    shown = tilth("enrich", "rules", "show", "--config", shop, "--limit", 1)
    assert "In force: generation 000001" in shown.out
    assert "laptop0x -> notebook0x" in shown.out
    assert "11 more" in shown.out
    rows = tilth("enrich", "rules", "show", "--config", shop, "--json").json()["rules"]
    assert (len(rows), rows[0]["queries"], rows[0]["helped"]) == (COUNT, 1, 1)

    exported = tilth("enrich", "rules", "export", "--format", "solr", "--out", shop.parent / "out", "--config", shop)
    assert exported.code == 0, exported.err
    assert "laptop0x => laptop0x, notebook0x" in (shop.parent / "out" / "synonyms.txt").read_text()
    assert "12 that weigh other than 1 count as 1" in exported.out

    back = tilth("enrich", "rules", "rollback", "--config", shop)
    assert "No rules are in force now" in back.out
    none = tilth("enrich", "rules", "export", "--format", "solr", "--out", shop.parent / "out", "--config", shop)
    assert (none.code, "no proved set of rules is in force" in none.err) == (3, True)
    again = tilth("enrich", "rules", "rollback", "--config", shop)
    assert (again.code, "nothing to go back to" in again.err) == (5, True)


def test_rules_that_hurt_leave_what_is_in_force(shop: Path) -> None:
    tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop)
    ran = tilth("enrich", "rules", "prove", shop.parent / "bad.csv", "--config", shop)
    assert ran.code == 0
    assert "generation 000001 stays in force" in ran.err
    result = tilth("enrich", "rules", "prove", shop.parent / "bad.csv", "--config", shop, "--json").json()
    assert (result["generation"], result["in_force"], result["kept"]) == ("000003", "000001", 0)
    assert result["proof"]["verdict"] != "keep"
    tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop)
    back = tilth("enrich", "rules", "rollback", "--config", shop, "--json")
    assert back.json() == {"in_force": "000001", "stale": None}
    assert "generation None" not in tilth("enrich", "rules", "rollback", "--config", shop).out


def test_the_index_is_built_again_only_where_the_items_changed(shop: Path) -> None:
    project = Project(shop)
    project.prove_rules(shop.parent / "good.csv")
    (first,) = (shop.parent / "work" / "index").iterdir()
    written = (first / "manifest.json").stat().st_mtime_ns
    Project(shop).prove_rules(shop.parent / "good.csv")
    assert (first / "manifest.json").stat().st_mtime_ns == written
    items = shop.parent / "items.csv"
    items.write_text(items.read_text() + "new,something else\n", encoding="utf-8")
    Project(shop).prove_rules(shop.parent / "good.csv")
    (second,) = (shop.parent / "work" / "index").iterdir()
    assert second != first


def test_a_file_of_rules_needs_no_project(tmp_path: Path) -> None:
    rules = put(tmp_path / "rules.csv", "kind,source,target", ["synonym,wi-fi,wlan", "spelling,lampp,lamp"])
    out = tmp_path / "out"
    refused = tilth("enrich", "rules", "export", rules, "--format", "vespa", "--out", out)
    assert refused.code == 3
    assert "1 of 2 rules do not fit vespa: rule row 2 ('wi-fi' to 'wlan')" in refused.err
    assert "--on-misfit skip" in refused.err
    assert not out.exists()
    skipped = tilth("enrich", "rules", "export", rules, "--format", "vespa", "--out", out, "--on-misfit", "skip")
    assert skipped.code == 0
    assert "left out rule row 2" in skipped.err
    assert (out / "tilth.sr").read_text() == "lampp -> lamp;\n"
    assert f"all rules of {rules}, whether proved or not" in " ".join(skipped.out.split())
    as_json = tilth("enrich", "rules", "export", rules, "--format", "csv", "--out", out, "--name", "x", "--json").json()
    assert (as_json["rules"], as_json["skipped"]) == (2, [])
    with Path(as_json["files"][0]).open(newline="") as file:
        assert [row["source"] for row in csv.DictReader(file)] == ["wi-fi", "lampp"]
    shown = tilth("enrich", "rules", "show", rules)
    assert "wi-fi -> wlan" in shown.out
    wrong = tilth("enrich", "rules", "export", rules, "--format", "sphinx", "--out", out)
    assert wrong.code == 2


def test_of_many_rules_that_do_not_fit_some_are_listed(tmp_path: Path) -> None:
    rows = [f"synonym,w-{n},w" for n in range(25)] + ["spelling,lampp,lamp"]
    rules, out = put(tmp_path / "rules.csv", "kind,source,target", rows), tmp_path / "out"
    ran = tilth("enrich", "rules", "export", rules, "--format", "vespa", "--out", out, "--on-misfit", "skip")
    assert ran.code == 0, ran.err
    assert ran.err.count("left out rule") == 20
    assert "... and 5 more that were left out (--json lists all)" in ran.err


def test_the_command_knows_every_format() -> None:
    assert get_args(FormatName) == FORMATS


def test_settings_and_gold_are_needed(shop: Path) -> None:
    shop.write_text(SETTINGS + "folds = 1\n", encoding="utf-8")
    ran = tilth("enrich", "rules", "prove", shop.parent / "good.csv", "--config", shop)
    assert (ran.code, "[enrich.prove] folds must be at least 2" in ran.err) == (2, True)
    without = SETTINGS[: SETTINGS.index("[data.gold]")]
    shop.write_text(without, encoding="utf-8")
    with pytest.raises(DataError, match="no gold labels"):
        Project(shop).prove_rules(shop.parent / "good.csv")
    with pytest.raises(DataError, match="no proved set"):
        Project(shop).rules()
    with pytest.raises(ArtifactError):
        Project(shop).roll_back_rules()


def test_the_help_has_examples() -> None:
    for command in ("prove", "export", "show", "rollback"):
        assert f"tilth enrich rules {command}" in tilth("enrich", "rules", command, "--help").out
