"""Each command as a user would type it."""

import csv
import json
import re
import tomllib
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from cli_helpers import tilth, tilth_process

from tilth.config import Config


def test_check_counts_the_job_board(demo: Path) -> None:
    ran = tilth("check", "--config", demo / "tilth.toml", "--json")
    assert ran.code == 0
    assert ran.json()["counts"] == {
        "contexts": 120,
        "items": 330,
        "pairs": 1317,
        "gold labels": 923,
        "given judgments": 0,
    }
    assert ran.json()["rejected"] == 0


def test_judge_labels_all_pairs_and_a_second_run_makes_no_calls(fresh: Path) -> None:
    config = fresh / "tilth.toml"
    first = tilth("judge", "run", "--config", config, "--json").json()[0]
    second = tilth("judge", "run", "--config", config, "--json").json()[0]
    assert (first["labelled"], first["calls"], first["cached"]) == (1317, 1317, 0)
    assert (second["labelled"], second["calls"], second["cached"]) == (1317, 0, 1317)


def test_judgments_carry_their_provenance(demo: Path) -> None:
    rows = pq.read_table(demo / "work" / "judgments" / "frontier.parquet").to_pylist()
    assert {row["source"] for row in rows} == {"model:frontier"}
    assert all(len(row["rubric_hash"]) == 64 and len(row["prompt_hash"]) == 64 for row in rows)
    assert all(row["created_at"] is not None and row["error"] is None for row in rows)


def test_compare_measures_the_teacher(demo: Path) -> None:
    ran = tilth("judge", "compare", "--config", demo / "tilth.toml", "--json")
    row = ran.json()["table"][0]
    assert row["precision"]["value"] == pytest.approx(0.95, abs=0.005)
    assert row["recall"]["value"] == pytest.approx(0.98, abs=0.005)
    assert row["auroc"]["value"] == pytest.approx(0.992, abs=0.001)
    assert row["coverage"] == 1.0
    assert ran.json()["gold_is_human"] is False


def test_compare_names_a_gold_that_is_not_human(demo: Path) -> None:
    ran = tilth("judge", "compare", "--config", demo / "tilth.toml")
    assert "gold that is not human (rule:facts)" in ran.out
    assert "Verdict: " in ran.out


def test_enrich_reads_every_entity_once(demo: Path) -> None:
    runs = tilth("enrich", "attributes", "--config", demo / "tilth.toml", "--json").json()
    assert [(run["role"], run["read"], run["calls"]) for run in runs] == [("context", 120, 0), ("item", 330, 0)]
    assert runs[0]["filled"]["remote_only"] == 1.0


def test_the_student_reaches_what_it_promises(demo: Path) -> None:
    summary = json.loads((demo / "work" / "distill.json").read_text())
    student, texts_only = summary["evaluations"][:2]
    assert student["auroc"]["value"] >= 0.96
    assert texts_only["auroc"]["value"] < student["auroc"]["low"]
    assert summary["certificate"]["threshold"] is not None
    assert summary["effect"]["bad_after"]["value"] < summary["effect"]["bad_before"]["value"]


def test_filter_writes_a_decision_for_every_pair_in_order(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "decisions.csv"
    pairs = demo / "recommendations.csv"
    ran = tilth("filter", pairs, "--config", demo / "tilth.toml", "--out", out, "--json")
    with out.open() as file, pairs.open() as asked:
        decided, offered = list(csv.DictReader(file)), list(csv.DictReader(asked))
    assert [(row["context_id"], row["item_id"]) for row in decided] == [(o["user_id"], o["item_id"]) for o in offered]
    dropped = [row for row in decided if row["keep"] == "false"]
    assert len(dropped) == ran.json()["dropped"] > 0
    assert all(row["reasons"] for row in dropped)
    assert not any(row["reasons"] for row in decided if row["keep"] == "true")


def test_filter_keeps_what_it_does_not_know(demo: Path, tmp_path: Path) -> None:
    pairs, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    pairs.write_text("user_id,item_id,rank\nu001,j143,1\nnobody,j143,2\nu001,nothing,3\n")
    ran = tilth("filter", pairs, "--config", demo / "tilth.toml", "--out", out, "--threshold", "0", "--json")
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert ran.json()["unknown"] == 2
    assert [row["keep"] for row in rows] == ["false", "true", "true"]
    assert [bool(row["p"]) for row in rows] == [True, False, False]


def test_filter_scores_do_not_depend_on_the_company(demo: Path, tmp_path: Path) -> None:
    alone, out = tmp_path / "one.csv", tmp_path / "out.parquet"
    alone.write_text("user_id,item_id,rank\nu001,j338,1\n")
    tilth("filter", alone, "--config", demo / "tilth.toml", "--out", out)
    p = pq.read_table(out)["p"][0].as_py()
    everyone = pq.read_table(demo / "work" / "filtered.parquet").to_pylist()
    among = next(row["p"] for row in everyone if (row["context_id"], row["item_id"]) == ("u001", "j338"))
    assert p == pytest.approx(among, abs=1e-9)


def test_report_is_one_offline_page(demo: Path, tmp_path: Path) -> None:
    ran = tilth("report", "--config", demo / "tilth.toml", "--out", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    assert "Report: " in ran.out
    assert "The gold is not people" in page
    assert "synthetic" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)


def test_init_writes_settings_that_can_be_read(tmp_path: Path) -> None:
    assert tilth("init", tmp_path / "mine").code == 0
    ran = tilth("check", "--config", tmp_path / "mine" / "tilth.toml")
    assert ran.code == 3
    assert "users.csv: no such file" in ran.err


def test_init_for_an_audit_asks_for_a_catalog_and_events_alone(tmp_path: Path) -> None:
    ran = tilth("init", tmp_path, "--for", "audit")
    assert (ran.code, "tilth audit --config" in ran.out) == (0, True)
    (tmp_path / "items.csv").write_text("item_id,title\ni1,a lamp of oak\ni2,a chair of oak\n")
    assert "events.csv: no such file" in tilth("check", "--config", tmp_path / "tilth.toml").err
    (tmp_path / "events.csv").write_text("user_id,item_id,action,time\nu1,i1,click,2026-01-01\n")
    assert tilth("check", "--config", tmp_path / "tilth.toml").code == 0
    assert tilth("audit", "--config", tmp_path / "tilth.toml").code == 0


def test_every_commented_option_for_an_audit_exists(tmp_path: Path) -> None:
    """A line that begins with "# " and a key or a section is an option, here with its mark taken away."""
    tilth("init", tmp_path, "--for", "audit")
    text = (tmp_path / "tilth.toml").read_text(encoding="utf-8")
    everything = tomllib.loads(re.sub(r"^# (?=\w+ = |\[)", "", text, flags=re.MULTILINE))
    assert {"events", "searches"} <= everything["data"].keys()
    config = msgspec.convert(everything, Config)
    assert config.audit.kinds.exposure == ("impression", "shown")


def test_init_for_a_search_needs_a_catalog_alone(tmp_path: Path) -> None:
    ran = tilth("init", tmp_path, "--for", "search")
    assert (ran.code, "tilth enrich expand --config" in ran.out) == (0, True)
    titles = [f"{colour} {kind}" for kind in ("lamp", "chair") for colour in ("red", "blue", "green")]
    rows = "".join(f"i{n},{title}\n" for n, title in enumerate(titles))
    (tmp_path / "items.csv").write_text(f"item_id,title\n{rows}")
    for command in ("check", "enrich synonyms", "enrich expand"):
        assert tilth(*command.split(), "--config", tmp_path / "tilth.toml").code == 0, command
    assert (tmp_path / "work" / "understanding" / "manifest.json").is_file()
    text = (tmp_path / "tilth.toml").read_text(encoding="utf-8")
    everything = tomllib.loads(re.sub(r"^# (?=\w+ = |\[)", "", text, flags=re.MULTILINE))
    assert {"searches", "contexts", "gold"} <= everything["data"].keys()
    msgspec.convert(everything, Config)


def test_gold_of_queries_is_checked_by_no_rubric(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title\ni1,a lamp\n")
    (tmp_path / "gold.csv").write_text("q,i,g\nlamp,i1,3\n")
    (tmp_path / "tilth.toml").write_text(
        '[data.items]\npath = "items.csv"\nid = "id"\ntitle = "title"\n'
        '[data.contexts]\npath = "gold.csv"\nid = "q"\ntitle = "q"\n'
        '[data.gold]\npath = "gold.csv"\ncontext_id = "q"\nitem_id = "i"\nsource = "human:a"\ngrade = "g"\n'
    )
    ran = tilth("check", "--config", tmp_path / "tilth.toml", "--json")
    assert (ran.code, ran.json()["counts"]["gold labels"]) == (0, 1)


def test_model_card_and_next_pairs_are_written(demo: Path) -> None:
    card = (demo / "work" / "student" / "CARD.md").read_text()
    assert "labels that are not human" in card
    with (demo / "work" / "student" / "next_pairs.csv").open() as file, (demo / "gold.csv").open() as known:
        rows = list(csv.DictReader(file))
        gold = {(row["user_id"], row["item_id"]) for row in csv.DictReader(known)}
    assert len(rows) == 50
    assert not gold & {(row["context_id"], row["item_id"]) for row in rows}


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("init", "--help"),
        ("check", "--help"),
        ("demo", "--help"),
        ("judge", "run", "--help"),
        ("judge", "compare", "--help"),
        ("enrich", "attributes", "--help"),
        ("distill", "--help"),
        ("filter", "--help"),
        ("report", "--help"),
    ],
)
def test_help_shows_an_example(words: tuple[str, ...]) -> None:
    ran = tilth_process(*words)
    assert ran.code == 0
    assert "tilth " in ran.out
    assert "Example" in ran.out or words == ("--help",)


@pytest.mark.slow
def test_the_demo_command_does_it_all(tmp_path: Path) -> None:
    ran = tilth_process("demo", "--dir", "d", "--json", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert ran.json()["seconds"] < 90
    assert (tmp_path / ran.json()["report"]).exists()
