"""`tilth enrich spell`: a speller of a project's files, what it shows, and what it says of bad ones."""

from pathlib import Path

import pytest
from cli_helpers import tilth
from spell_project import SEARCHES, known_corrections, put_spelling, write_rows

from tilth.data import read_parquet
from tilth.records import RULE_SCHEMA, rules_of

KNOWN = '[enrich.spell]\nknown = "spelling.tsv"\n'


def test_without_known_corrections_it_builds_by_defaults_and_says_so(tmp_path: Path) -> None:
    config = put_spelling(tmp_path)
    ran = tilth("enrich", "spell", "--config", config)
    assert ran.code == 0
    assert "toliet seat" in ran.out
    assert "too little to fit on: 0 known corrections (50 are needed)" in " ".join(ran.err.split())
    built = tilth("enrich", "spell", "--config", config, "--json").json()
    assert (built["queries"], built["known"], built["threshold"], built["accuracy"]) == (len(SEARCHES), 0, 1.0, None)
    changed = {one["query"]: (one["text"], one["weight"]) for one in built["changed"]}
    assert changed["toliet seat"] == ("toilet seat", 4.0)
    assert "toilet seat" not in changed
    share = sum(SEARCHES[query] for query in changed) / sum(SEARCHES.values())
    assert built["changed_share"] == pytest.approx(share)


def test_rules_are_for_a_word_that_the_catalog_lacks_and_else_for_the_query(tmp_path: Path) -> None:
    config = put_spelling(tmp_path)
    built = tilth("enrich", "spell", "--config", config, "--json").json()
    table = read_parquet(Path(built["rules_path"]))
    assert table.schema.equals(RULE_SCHEMA)
    rules = rules_of(table)
    assert [(rule.kind, rule.source, rule.target, rule.provenance, rule.note) for rule in rules[:1]] == [
        ("spelling", "toliet", "toilet", "rule:speller", "traffic 6")
    ]
    assert len({rule.rule_id for rule in rules}) == len(rules) == built["rules"]


def test_known_corrections_fit_a_threshold_for_the_rate_that_is_allowed(tmp_path: Path) -> None:
    config = put_spelling(tmp_path, KNOWN)
    write_rows(tmp_path / "spelling.tsv", known_corrections())
    built = tilth("enrich", "spell", "--config", config, "--json").json()
    assert built["notes"] == []
    assert built["false_corrections"]["value"] <= 0.03
    assert built["accuracy"]["value"] > 0.9
    shown = tilth("enrich", "spell", "--config", config).out
    assert "each by a speller without it: whole query right" in shown


def test_where_no_query_is_named_right_those_of_the_log_count_as_right(tmp_path: Path) -> None:
    config = put_spelling(tmp_path, KNOWN)
    write_rows(tmp_path / "searches.csv", ["query,user", *(f"oak counter top {n},u1" for n in range(120))])
    rows = [row for row in known_corrections() if len(set(row.split("\t"))) == 2]
    write_rows(tmp_path / "spelling.tsv", rows)
    built = tilth("enrich", "spell", "--config", config, "--json").json()
    assert (built["right"], built["known"]) == (120, len(rows) - 1)
    assert "120 others of the log count as right" in built["notes"][0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["wrong\tright", "a\tb", "\tc"], "spelling.tsv, row 3, column 'wrong': the query as typed is empty"),
        (["wrong\tright", "a\tb", "a\tc"], "row 3, column 'wrong': a correction of this query stood already on row 2"),
        (["typed\tright", "a\tb"], "wrong"),
    ],
)
def test_bad_known_corrections_are_refused_with_their_place(tmp_path: Path, rows: list[str], words: str) -> None:
    config = put_spelling(tmp_path, KNOWN)
    write_rows(tmp_path / "spelling.tsv", rows)
    ran = tilth("enrich", "spell", "--config", config)
    assert ran.code == 3
    assert words in " ".join(ran.err.split())


def test_titles_of_contexts_are_queries_where_the_settings_say_so(tmp_path: Path) -> None:
    contexts = '[data.contexts]\npath = "asked.csv"\nid = "id"\ntitle = "query"\n'
    write_rows(tmp_path / "asked.csv", ["id,query", "1,toliet seat", "2,Toliet  seat", "3,oak"])
    without = put_spelling(tmp_path, contexts, log=False)
    assert tilth("enrich", "spell", "--config", without, "--json").json()["queries"] == 0
    config = put_spelling(tmp_path, contexts, "[enrich.spell]\ncontexts_are_queries = true\n", log=False)
    built = tilth("enrich", "spell", "--config", config, "--json").json()
    assert (built["queries"], built["changed"][0]["text"]) == (2, "toilet seat")


def test_a_text_is_corrected_and_explained(tmp_path: Path) -> None:
    config = put_spelling(tmp_path)
    missing = tilth("enrich", "spell", "check", "toliet", "--config", config)
    assert (missing.code, "run `tilth enrich spell`" in missing.err) == (5, True)
    tilth("enrich", "spell", "--config", config, "--json")
    found = tilth("enrich", "spell", "check", "Toliet seat", "--config", config, "--json").json()
    assert (found["corrected"], found["settled_by"]) == ("Toilet seat", None)
    assert found["changes"][0]["margin"] >= found["threshold"]
    assert {"was": "Toliet", "text": "toilet", "reason": "edit"}.items() <= found["candidates"][0].items()
    shown = tilth("enrich", "spell", "check", "Toliet seat", "--config", config).out
    assert "Toliet seat -> Toilet seat" in shown
    assert "log odds" in shown
    assert "stays as it is" in tilth("enrich", "spell", "check", "9 x 12", "--config", config).out


@pytest.mark.parametrize("setting", ["max_false_corrections = 1.5", "folds = 1", "distrust = nan", "head = 0"])
def test_settings_out_of_range_are_refused(tmp_path: Path, setting: str) -> None:
    ran = tilth("enrich", "spell", "--config", put_spelling(tmp_path, f"[enrich.spell]\n{setting}\n"))
    assert ran.code == 2
    assert f"[enrich.spell] {setting.split()[0]} must" in ran.err


def test_a_log_of_rows_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    config = put_spelling(tmp_path)
    write_rows(tmp_path / "searches.csv", ["query,user", "toilet,u1", ",u2", " ,u3"])
    ran = tilth("enrich", "spell", "--config", config)
    assert (ran.code, "the query is empty" in ran.err) == (3, True)


@pytest.mark.parametrize("words", [(), ("check",), ("plan",), ("ask",), ("forget",)])
def test_help_shows_an_example(words: tuple[str, ...]) -> None:
    ran = tilth("enrich", "spell", *words, "--help")
    assert (ran.code, "Example" in ran.out) == (0, True)


def test_a_word_list_is_read_and_a_bad_line_named(tmp_path: Path) -> None:
    config = put_spelling(tmp_path, '[enrich.spell]\nword_list = "english.txt"\n')
    write_rows(tmp_path / "english.txt", ["shovel 20", "rake 4"])
    assert tilth("enrich", "spell", "--config", config).code == 0
    candidates = tilth("enrich", "spell", "check", "shovle", "--config", config, "--json").json()["candidates"]
    assert [one["text"] for one in candidates] == ["shovel"]
    write_rows(tmp_path / "english.txt", ["shovel 20", "rake four"])
    ran = tilth("enrich", "spell", "--config", config)
    assert ran.code == 3
    assert "english.txt, row 2: is neither a word nor a word and its count" in " ".join(ran.err.split())


def test_check_says_what_speaks_for_a_change(tmp_path: Path) -> None:
    config = put_spelling(tmp_path)
    assert tilth("enrich", "spell", "--config", config).code == 0
    said = " ".join(tilth("enrich", "spell", "check", "toliet seat", "--config", config).out.split())
    assert "toliet -> toilet: log odds" in said
    assert "its edits cost 4.0; its neighbours say +" in said
    assert "ahead of the next best" in said
