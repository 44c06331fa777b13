"""`tilth enrich attributes check` and `sample`: what was read, against gold."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from attribute_project import ATTRIBUTES, TRUTH, enrich, put, reader
from cli_helpers import tilth
from tiny_project import question_of, rows_of

from tilth.testing import FakeLLMServer


def test_a_sheet_is_drawn_filled_in_and_checked(tmp_path: Path) -> None:
    sheet = tmp_path / "gold.csv"
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server)
        ran = tilth("enrich", "attributes", "sample", 10, "--out", sheet, "--config", config)
        assert (ran.code, "run `tilth enrich attributes` first" in " ".join(ran.err.split())) == (3, True)
        enrich(config)
        assert enrich(config, "sample", 7, "--out", sheet)["values"] == 7
        calls = server.calls
        ran = tilth("enrich", "attributes", "sample", 7, "--out", sheet, "--config", config)
        assert (ran.code, "exists already" in ran.err) == (3, True), "what somebody filled in is not lost"
        rows = rows_of(sheet)
        assert set(rows[0]) == {"item_id", "attribute", "value", "source", "weight", "expects", "title", "text"}
        assert all(row["value"] == "" for row in rows)
        truth = {"i1": "pen", "i2": "cup", "i3": "hat", "i4": "box"}
        with sheet.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            for row in rows:
                value = TRUTH[truth[row["item_id"]]][row["attribute"]]
                writer.writerow(row | {"value": "-" if value is None else str(value), "source": "human:ann"})
        checked = enrich(config, "check", "--gold", sheet)
        assert server.calls == calls
    assert {field["attribute"]: field["precision"]["value"] for field in checked["fields"]} == {
        "maker": 1.0, "grams": 1.0, "colour": 1.0,
    }  # fmt: skip
    assert all(field["is_human"] for field in checked["fields"])
    assert json.loads((tmp_path / "work" / "check_attributes.json").read_text()) == checked


def test_the_catalog_is_gold_where_it_was_asked_about_all_the_same(tmp_path: Path) -> None:
    attributes = ATTRIBUTES.replace("0.05 }", "0.05, only_missing = false }") + '[enrich.gold]\npath = "g.csv"\n'
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server, attributes=attributes)
        enrich(config)
    gold = [f"i{n},{'blue' if n < 3 else ''},rule:paint" for n in range(1, 5)]
    (tmp_path / "g.csv").write_text("\n".join(["item_id,colour,source", *gold, "i3,green,rule:paint"]))
    ran = tilth("enrich", "attributes", "check", "--config", config)
    assert ran.code == 3
    assert "g.csv, row 6, column 'colour': is not one of red, blue; 1 of 5 rows" in " ".join(ran.err.split())
    assert [row["row"] for row in rows_of(tmp_path / "work" / "rejects.csv")] == ["6"]
    ran = tilth("check", "--config", config, "--json")
    assert (ran.json()["counts"]["gold attributes"], ran.json()["rejected"]) == (2, 1)
    config.write_text(config.read_text().replace("[data.items]", "[data]\nmax_rejected = 0.5\n[data.items]"))
    ran = tilth("enrich", "attributes", "check", "--config", config)
    assert ran.code == 0, ran.err
    assert "1 values of the gold cannot be used" in ran.out
    said = " ".join(ran.out.split())
    assert "Against rule:paint (not people)" in said
    assert "item.colour, not as in the gold: blue as red, 1 times" in said
    assert "Against catalog:grams (not people) attribute" in said
    assert "item.grams, not as in the gold: 400 as 500 (i4)" in said
    assert "not people's values: catalog:grams, rule:paint" in said
    fields = json.loads((tmp_path / "work" / "check_attributes.json").read_text())["fields"]
    (grams,) = [field for field in fields if field["attribute"] == "grams"]
    assert (grams["n"], grams["correct"], grams["wrong"]) == (3, 2, 1), "heavy is no gold"


def test_what_could_not_be_read_lowers_the_coverage_against_the_catalog_too(tmp_path: Path) -> None:
    def half_deaf(request: dict[str, Any]) -> dict[str, Any]:
        return {} if question_of(request)["title"] == "cup" else reader(request)

    attributes = ATTRIBUTES.replace("0.05 }", "0.05, only_missing = false }")
    with FakeLLMServer(half_deaf) as server:
        config = put(tmp_path, server, attributes=attributes)
        assert [failure["id"] for failure in enrich(config)[0]["failures"]] == ["i2"]
    fields = tilth("enrich", "attributes", "check", "--config", config, "--json").json()["fields"]
    (grams,) = [field for field in fields if field["source"] == "catalog:grams"]
    # The catalog has grams of i1, i2 and i4 (of i3 it says "heavy"): i2 is missed, i4 is another value.
    assert (grams["n"], grams["correct"], grams["wrong"], grams["missed"]) == (3, 1, 1, 1)
    assert grams["coverage"]["value"] == pytest.approx(2 / 3)


def test_columns_that_stand_in_the_text_are_named(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server, attributes=ATTRIBUTES.replace("0.05 }", "0.05, only_missing = false }"))
        config.write_text(config.read_text().replace('text = ["text"]', 'text = ["text", "grams"]'))
        enrich(config)
        ran = tilth("enrich", "attributes", "check", "--config", config)
    assert "grams: stands in the text that was read, so this is copying" in " ".join(ran.out.split())


def test_what_cannot_be_checked_is_refused(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server)
        ran = tilth("enrich", "attributes", "check", "--config", config)
        assert (ran.code, "nothing was read of these attributes" in ran.err) == (3, True)
        enrich(config)
    ran = tilth("enrich", "attributes", "check", "--config", config)
    assert (ran.code, "there is no gold for what was read" in ran.err) == (3, True)
    (tmp_path / "g.csv").write_text("item_id,attribute,value\ni1,clour,red\n")
    ran = tilth(
        "enrich", "attributes", "check", "--gold", tmp_path / "g.csv", "--source", "human:a", "--config", config
    )
    assert ran.code == 3
    assert "row 2, column 'attribute': there is no attribute 'clour'" in " ".join(ran.err.split())
