"""`tilth enrich attributes` over the wire: only what is missing, conflicts, several answers."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from attribute_project import ATTRIBUTES, ITEMS, TRUTH, asked_names, enrich, merged, put, put_gaps, reader, resolve
from cli_helpers import tilth
from tiny_project import question_of, rows_of

from tilth.apps.project import Project
from tilth.errors import ConfigError
from tilth.testing import FakeLLMServer

# only what is missing ------------------------------------------------------------------------------------------------


def test_only_what_the_catalog_lacks_is_asked_about_and_what_it_has_stays(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server)
        assert tilth("enrich", "plan", "--config", config, "--json").json()[0]["requests"] == 4
        (run,) = enrich(config)
        asked = {question_of(request)["title"]: asked_names(request) for request in server.requests}
    assert asked == {
        "pen": ["colour"],
        "cup": ["maker", "colour"],
        "hat": ["maker", "grams", "colour"],
        "box": ["colour"],
    }
    assert "maker" not in server.requests[0]["messages"][0]["content"] or len(asked["pen"]) > 1
    assert merged(config) == {
        "i1": {"maker": "Bic", "grams": 10.0, "colour": "red"},
        "i2": {"maker": "ikea", "grams": 300.0, "colour": "blue"},
        "i3": {"maker": "stetson", "grams": None, "colour": "red"},
        "i4": {"maker": "Acme", "grams": 400.0, "colour": "blue"},
    }
    assert (run["existing"], run["conflicts"], run["complete"]) == ({"maker": 2, "grams": 3}, 1, 0)
    (conflict,) = rows_of(tmp_path / "work" / "attributes" / "conflicts.csv")
    assert conflict == {
        "role": "item", "id": "i3", "attribute": "grams", "existing": "heavy", "read": "90", "confidence": "",
        "reason": "the existing value is not a number", "row": "4", "resolution": "",
    }  # fmt: skip


def test_a_catalog_that_lacks_nothing_is_not_asked_about(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server, attributes='[enrich.item]\nmaker = { type = "text", existing = "brand" }\n')
        items = (tmp_path / "items.csv").read_text().replace('300 g",,', '300 g",Ikea,').replace('90 g",,', '90 g",S,')
        (tmp_path / "items.csv").write_text(items)
        ran = tilth("enrich", "attributes", "--config", config)
        assert (ran.code, server.calls) == (0, 0)
    assert "held by the catalog, and kept: maker 4; 4 lack nothing" in " ".join(ran.out.split())
    assert [row["maker"] for row in merged(config).values()] == ["Bic", "Ikea", "S", "Acme"]


def test_conflicts_are_listed_and_resolved_by_a_file(tmp_path: Path) -> None:
    eager = ATTRIBUTES.replace("0.05 }", "0.05, only_missing = false }")
    conflicts = tmp_path / "work" / "attributes" / "conflicts.csv"
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server, attributes=eager)
        (run,) = enrich(config)
        assert (run["conflicts"], run["open_conflicts"]) == (2, 2)
        assert {row["id"]: (row["existing"], row["read"]) for row in rows_of(conflicts)} == {
            "i3": ("heavy", "90"),
            "i4": ("400", "500"),
        }
        resolve(conflicts, i3="read", i4="perhaps")
        ran = tilth("enrich", "attributes", "accept", conflicts, "--config", config)
        assert ran.code == 3
        assert "row 3, column 'resolution': is not existing, read or empty" in " ".join(ran.err.split())
        assert merged(config)["i3"]["grams"] is None, "a file with a wrong row changes nothing"
        resolve(conflicts, i4="existing")
        assert enrich(config, "accept", conflicts) == {
            "read": 1, "existing": 1, "open": 0, "path": str(tmp_path / "work" / "attributes" / "resolved.parquet"),
        }  # fmt: skip
        assert (merged(config)["i3"]["grams"], merged(config)["i4"]["grams"]) == (90.0, 400.0)
        (run,) = enrich(config)
        assert (run["calls"], run["conflicts"], run["open_conflicts"]) == (0, 2, 0), "a later run keeps to it"
        assert merged(config)["i3"]["grams"] == 90.0
        (tmp_path / "items.csv").write_text(ITEMS.replace("heavy", "80"))
        (run,) = enrich(config)
        assert merged(config)["i3"]["grams"] == 80.0, "the resolution was about another value"
        assert run["open_conflicts"] == 1
        ran = tilth("enrich", "attributes", "accept", conflicts, "--config", config)
        assert ran.code == 0, "what the list holds now can be accepted"
        resolve(conflicts, i3="")
        conflicts.write_text(conflicts.read_text().replace(",80,", ",70,"))
        ran = tilth("enrich", "attributes", "accept", conflicts, "--config", config)
        assert (ran.code, "one of the two values has changed since" in " ".join(ran.err.split())) == (3, True)


def test_what_somebody_typed_and_did_not_accept_yet_survives_a_run(tmp_path: Path) -> None:
    conflicts = tmp_path / "work" / "attributes" / "conflicts.csv"
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server)
        enrich(config)
        resolve(conflicts, i3="read")
        enrich(config)
    assert [row["resolution"] for row in rows_of(conflicts)] == ["read"]
    assert merged(config)["i3"]["grams"] is None


# confidence ----------------------------------------------------------------------------------------------------------


def test_each_text_is_asked_several_times_and_each_answer_is_paid_once(tmp_path: Path) -> None:
    def wavering(request: dict[str, Any]) -> dict[str, Any]:
        said = reader(request)
        if request.get("seed") == 2:
            said = {**said, "colour": "blue" if said["colour"] == "red" else "red"}
        return said

    with FakeLLMServer(wavering) as server:
        config = put(tmp_path, server, "repeats = 3\n")
        assert tilth("enrich", "plan", "--config", config, "--json").json()[0]["requests"] == 12
        (run,) = enrich(config)
        assert (run["entities"], run["repeats"], run["calls"]) == (4, 3, 12)
        drawn = sorted((request["temperature"], request.get("seed")) for request in server.requests)
        assert drawn[:4] == [(0.0, None)] * 4, "the first is what a single question would be"
        assert drawn[4:] == [(0.7, 1)] * 4 + [(0.7, 2)] * 4
        assert run["agreement"] == pytest.approx({"maker": 1.0, "grams": 1.0, "colour": 2 / 3})
        assert enrich(config)[0]["calls"] == 0
        config.write_text(config.read_text().replace("repeats = 3", "repeats = 1"))
        assert enrich(config)[0]["calls"] == 0, "the first answer was paid for"
        config.write_text(config.read_text().replace("repeats = 1", "repeats = 4"))
        assert enrich(config)[0]["calls"] == 4, "only the fourth answers are new"
    table = pq.read_table(tmp_path / "work" / "attributes" / "read" / "item.parquet")
    assert table["colour"].to_pylist() == ["red", "blue", "red", "blue"]
    assert table["tilth:agreement:colour"].to_pylist() == [0.75] * 4
    assert set(pq.read_table(tmp_path / "work" / "attributes" / "item.parquet").column_names) == {
        "id", "maker", "grams", "colour",
    }  # fmt: skip


def test_what_answers_do_not_agree_on_becomes_null_and_is_listed(tmp_path: Path) -> None:
    def wavering(request: dict[str, Any]) -> dict[str, Any]:
        said = reader(request)
        return {**said, "maker": f"maker {request.get('seed')}"} if "maker" in said else said

    with FakeLLMServer(wavering) as server:
        config = put(tmp_path, server, "repeats = 3\nmin_confidence = 0.5\n")
        ran = tilth("enrich", "attributes", "--config", config)
    assert "2 values below min_confidence became null" in " ".join(ran.out.split())
    assert [row["maker"] for row in merged(config).values()] == ["Bic", None, None, "Acme"]
    assert [(row["id"], row["attribute"], row["value"], row["confidence"]) for row in rows_of(
        tmp_path / "work" / "attributes" / "unsure.csv"
    )] == [("i2", "maker", "maker None", "0.333"), ("i3", "maker", "maker None", "0.333")]  # fmt: skip


def test_the_llm_can_be_asked_how_sure_it_is(tmp_path: Path) -> None:
    def sure(request: dict[str, Any]) -> dict[str, Any]:
        said = reader(request)
        return {**said, "confidence": {name: 0.3 if name == "maker" else 7 for name in said}}

    with FakeLLMServer(sure) as server:
        config = put(tmp_path, server, "ask_confidence = true\n")
        enrich(config)
        assert "the probability, from 0 to 1" in server.requests[0]["messages"][0]["content"]
    table = pq.read_table(tmp_path / "work" / "attributes" / "read" / "item.parquet")
    assert table["tilth:claimed:maker"].to_pylist() == [None, 0.3, 0.3, None]
    assert table["tilth:claimed:colour"].to_pylist() == [None] * 4, "7 is no probability"
    assert table["tilth:agreement:maker"].null_count == 4


def test_answers_that_fail_count_against_agreement_and_a_stopped_run_goes_on(tmp_path: Path) -> None:
    def shy(request: dict[str, Any]) -> Any:
        is_shy = question_of(request)["title"] == "pen" and request.get("seed") == 1
        return "I would rather not" if is_shy else reader(request)

    with FakeLLMServer(shy) as server:
        config = put(tmp_path, server, "repeats = 2\n", ATTRIBUTES, "concurrency = 1")
        ran = tilth("enrich", "attributes", "--config", config, "--budget-requests", 5, "--json")
        assert ran.code == 6
        assert ran.json()[0]["left"] > 0
        assert tilth("enrich", "attributes", "--config", config, "--resume").code == 0
    table = pq.read_table(tmp_path / "work" / "attributes" / "read" / "item.parquet")
    assert len(table) == 4
    assert sorted(table["tilth:agreement:colour"].to_pylist()) == [0.5, 1.0, 1.0, 1.0]


def test_a_run_that_is_stopped_before_its_first_answer_writes_nothing(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server)
        assert tilth("enrich", "attributes", "--config", config, "--budget-requests", 0).code == 6
    assert not (tmp_path / "work" / "attributes" / "item.parquet").exists()


def test_recorded_answers_cannot_be_asked_for_several_times(fresh: Path) -> None:
    settings = fresh / "tilth.toml"
    settings.write_text(settings.read_text().replace('llm = "reader"', 'llm = "reader"\nrepeats = 3'))
    with pytest.raises(ConfigError, match=r"repeats: \[llm.reader\] holds one recorded answer"):
        Project(settings).read_attributes()


def test_batches_hold_the_same_questions(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server, "repeats = 2\n")
        out = tmp_path / "out"
        exported = tilth("enrich", "export", "--config", config, "--out", out, "--json").json()
        lines = [json.loads(line) for path in sorted(out.glob("*.jsonl")) for line in path.read_text().splitlines()]
    assert exported["requests"] == len({line["custom_id"] for line in lines}) == 8
    assert sorted(line["body"].get("seed") or 0 for line in lines) == [0] * 4 + [1] * 4


def test_an_endpoint_that_never_wavers_is_pointed_out(tmp_path: Path) -> None:
    with FakeLLMServer(lambda _: {"colour": "red"}) as server:
        colour = '[enrich.item]\ncolour = { type = "category", values = ["red", "blue"] }\n'
        config = put(tmp_path, server, "repeats = 2\n", colour)
        rows = "".join(f"i{n},thing {n},text,,\n" for n in range(50))
        (tmp_path / "items.csv").write_text("id,title,text,brand,grams\n" + rows)
        ran = tilth("enrich", "attributes", "--config", config)
    assert "agreement of 2 answers: colour 1.00" in ran.out
    assert "all answers agree" in " ".join(ran.err.split())


def test_what_a_version_without_confidence_read_is_kept(tmp_path: Path) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server)
        enrich(config)
        before = merged(config)
        (tmp_path / "work" / "attributes" / "read" / "item.parquet").unlink()
        items = tmp_path / "items.csv"
        items.write_text(ITEMS.replace("i2,cup", "i9,cup"))
        gaps = put_gaps(tmp_path / "audit", ["i9"])
        (run,) = enrich(config, "--gaps", gaps)
    assert (run["entities"], run["calls"]) == (1, 0)
    assert merged(config) == {**before, "i9": before["i2"]}


@pytest.mark.parametrize(
    ("enrich", "attributes", "message"),
    [
        ("repeats = 0", ATTRIBUTES, "repeats must lie between 1 and 20"),
        ("repeat_temperature = 0.0", ATTRIBUTES, "repeat_temperature must be above 0"),
        ("min_confidence = 0.5", ATTRIBUTES, "min_confidence needs a confidence"),
        ("repeats = 2\nmin_confidence = nan", ATTRIBUTES, "min_confidence must lie between 0 and 1"),
        ("", ATTRIBUTES.replace('"brand"', '"branding"'), r"item.maker\] existing: the column 'branding' is not kept"),
        ("", ATTRIBUTES.replace("0.05", "1.5"), "tolerance is a share"),
        ("", '[enrich.item.a]\ntype = "number"\nmatch = "words"', 'match = "words" is for text'),
        ("ask_confidence = true", '[enrich.item.confidence]\ntype = "number"', "takes the name 'confidence'"),
        ("", '[enrich.item."tilth:x"]\ntype = "number"', "'tilth:x' is taken"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, enrich: str, attributes: str, message: str) -> None:
    with FakeLLMServer(reader) as server:
        config = put(tmp_path, server, enrich + "\n", attributes)
    with pytest.raises(ConfigError, match=message):
        Project(config)


# what is said --------------------------------------------------------------------------------------------------------


def test_of_many_failures_some_are_listed_and_of_nothing_read_no_shares(tmp_path: Path) -> None:
    def hard_of_hearing(request: dict[str, Any]) -> dict[str, Any]:
        return reader(request) if question_of(request)["title"] in TRUTH else {}

    with FakeLLMServer(hard_of_hearing) as server:
        config = put(tmp_path, server)
        (tmp_path / "items.csv").write_text(ITEMS + "".join(f"x{n},odd {n},text,,\n" for n in range(7)))
        stopped = tilth("enrich", "attributes", "--config", config, "--budget-requests", 0)
        assert stopped.code == 6
        assert "stated in the text" not in stopped.out
        ran = tilth("enrich", "attributes", "--config", config)
    assert ran.code == 0, ran.err
    assert "item: stated in the text: maker" in ran.out
    assert ran.out.count("could not be read: ") == 5
    assert "... and 2 more that could not be read (--json lists all)" in ran.out
