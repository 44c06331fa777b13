"""What a user gets wrong, and what the command says."""

from pathlib import Path

import pytest
from cli_helpers import tilth, tilth_process


def change(folder: Path, old: str, new: str) -> Path:
    config = folder / "tilth.toml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))
    return config


def test_no_config() -> None:
    ran = tilth("check", "--config", "/nowhere/tilth.toml")
    assert ran.code == 2
    assert "/nowhere/tilth.toml: no such file" in ran.err
    assert "tilth init" in ran.err


def test_an_unknown_key_is_named_with_what_was_meant(fresh: Path) -> None:
    ran = tilth("check", "--config", change(fresh, "target_metric", "target_metrik"))
    assert ran.code == 2
    assert "[judge]: unknown key 'target_metrik'" in ran.err
    assert "did you mean 'target_metric'?" in ran.err


def test_an_unknown_key_of_a_nested_section(fresh: Path) -> None:
    ran = tilth("check", "--config", change(fresh, 'title = "headline"', 'titel = "headline"'))
    assert "[data.contexts]: unknown key 'titel'" in ran.err
    assert "did you mean 'title'?" in ran.err


def test_a_value_of_the_wrong_type(fresh: Path) -> None:
    ran = tilth("check", "--config", change(fresh, "target = 0.9", 'target = "high"'))
    assert ran.code == 2
    assert "[judge.target]" in ran.err
    assert "float" in ran.err


def test_broken_toml_names_the_line(fresh: Path) -> None:
    ran = tilth("check", "--config", change(fresh, "[judge]", "[judge"))
    assert ran.code == 2
    assert "is not TOML" in ran.err
    assert "line" in ran.err


def test_a_teacher_without_a_section(fresh: Path) -> None:
    ran = tilth("check", "--config", change(fresh, 'teachers = ["frontier"]', 'teachers = ["nobody"]'))
    assert ran.code == 2
    assert "there is no [llm.nobody]" in ran.err


def test_a_missing_column_lists_those_there_are(fresh: Path) -> None:
    ran = tilth("check", "--config", change(fresh, 'grade = "bad"\nreasons', 'grade = "label"\nreasons'))
    assert ran.code == 3
    assert "gold.csv" in ran.err
    assert "column 'label': no such column" in ran.err
    assert "the file has: 'user_id', 'item_id', 'bad', 'reasons'" in ran.err


def test_a_dangling_id_is_listed_with_its_row(fresh: Path) -> None:
    with (fresh / "recommendations.csv").open("a") as file:
        file.write("u999,j143,1\n")
    ran = tilth("check", "--config", fresh / "tilth.toml", "--json")
    assert ran.code == 1
    reject = ran.json()["rejects"][0]
    assert (reject["row"], reject["column"], reject["value"]) == (1319, "context_id", "u999")
    assert "rejects.csv" in ran.json()["rejects_path"]
    assert "u999" in (fresh / "work" / "rejects.csv").read_text()


def test_nan_grades_are_listed(fresh: Path) -> None:
    gold = fresh / "gold.csv"
    gold.write_text(gold.read_text().replace("u001,j143,0,", "u001,j143,NaN,", 1))
    ran = tilth("check", "--config", fresh / "tilth.toml")
    assert ran.code == 1
    assert "NaN" in ran.out


def test_gold_beyond_the_rubrics_grades_is_listed(fresh: Path) -> None:
    gold = fresh / "gold.csv"
    gold.write_text(gold.read_text().replace("u001,j143,0,", "u001,j143,7,", 1))
    ran = tilth("check", "--config", fresh / "tilth.toml", "--json")
    assert ran.code == 1
    assert ran.json()["rejects"][0]["row"] == 2
    assert "beyond the rubric's grades, 0 to 1" in ran.json()["rejects"][0]["reason"]


def test_distill_does_not_leave_configured_attributes_out_in_silence(fresh: Path) -> None:
    config = fresh / "tilth.toml"
    assert tilth("judge", "run", "--config", config).code == 0
    ran = tilth("distill", "--config", config)
    assert ran.code == 3
    assert "tilth enrich attributes" in ran.err


def test_an_empty_file(fresh: Path) -> None:
    (fresh / "jobs.jsonl").write_text("")
    ran = tilth("check", "--config", fresh / "tilth.toml")
    assert ran.code == 3
    assert "jobs.jsonl: the file is empty" in ran.err


def test_a_file_that_is_mostly_unusable_stops_the_step(fresh: Path) -> None:
    gold = fresh / "gold.csv"
    gold.write_text("user_id,item_id,bad,reasons\nu001,j143,maybe,\nu001,j320,0,\n")
    (fresh / "work").mkdir()
    ran = tilth("judge", "compare", "--config", fresh / "tilth.toml")
    assert ran.code == 3
    assert "row 2, column 'bad': is not a number; 1 of 2 rows cannot be used" in ran.err
    listed = tilth("check", "--config", fresh / "tilth.toml", "--json")
    assert listed.code == 1
    assert listed.json()["rejected"] == 1


def test_a_pairs_file_is_never_overwritten(demo: Path) -> None:
    pairs = demo / "recommendations.csv"
    before = pairs.read_bytes()
    ran = tilth("filter", pairs, "--config", demo / "tilth.toml", "--out", pairs)
    assert ran.code == 2
    assert "is the file of pairs itself" in ran.err
    assert pairs.read_bytes() == before


def test_a_threshold_is_a_probability(demo: Path) -> None:
    for value in ("nan", "2", "-1"):
        ran = tilth("filter", "--config", demo / "tilth.toml", f"--threshold={value}")
        assert ran.code == 2
        assert "0 to 1" in ran.err


def test_the_demo_keeps_out_of_another_project(demo: Path) -> None:
    change(demo, 'name = "jobboard"', 'name = "mine"')
    ran = tilth("demo", "--dir", demo)
    assert ran.code == 2
    assert "is another project" in ran.err


def test_labels_stay_when_an_endpoint_gives_nothing(demo: Path) -> None:
    labels = demo / "work" / "judgments" / "frontier.parquet"
    before = labels.read_bytes()
    (demo / "llm_judgments.csv").write_text("user_id,item_id,bad,p_bad,reasons\nnobody,nothing,0,0.1,\n")
    ran = tilth("judge", "run", "--config", demo / "tilth.toml")
    assert ran.code == 4
    assert "none of 1,317 answers is usable" in ran.err
    assert labels.read_bytes() == before


def test_steps_out_of_order_say_what_to_run(fresh: Path) -> None:
    config = fresh / "tilth.toml"
    for words, hint in (
        (("judge", "compare"), "tilth judge run"),
        (("distill",), "tilth judge run"),
        (("filter",), "tilth distill"),
        (("report",), "tilth judge compare"),
    ):
        ran = tilth(*words, "--config", config)
        assert ran.code in (3, 5), words
        assert hint in ran.err, words


def test_a_missing_api_key_names_the_variable(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    section = '[llm.frontier]\nprovider = "openai"\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "m"\n'
    config = fresh / "tilth.toml"
    text = config.read_text()
    start, end = text.index("[llm.frontier]"), text.index("[llm.reader]")
    config.write_text(text[:start] + section + 'api_key_env = "NO_SUCH_KEY"\n\n' + text[end:])
    ran = tilth("judge", "run", "--config", config)
    assert ran.code == 2
    assert "NO_SUCH_KEY is not set" in ran.err


def test_a_damaged_student_is_named(demo: Path) -> None:
    (demo / "work" / "student" / "filter.json").write_text("{")
    ran = tilth("filter", "--config", demo / "tilth.toml")
    assert ran.code == 5
    assert "filter.json" in ran.err


def test_an_output_of_another_kind_is_refused(demo: Path) -> None:
    ran = tilth("filter", "--config", demo / "tilth.toml", "--out", "x.xlsx")
    assert ran.code == 3
    assert "can only write .csv or .parquet" in ran.err


def test_init_does_not_overwrite(demo: Path) -> None:
    ran = tilth("init", demo)
    assert ran.code == 2
    assert "exists already" in ran.err


def test_unknown_commands_and_options_are_usage_errors() -> None:
    for words in (("nonsense",), ("check", "--nonsense")):
        ran = tilth_process(*words)
        assert ran.code == 2
        assert "Traceback" not in ran.err
