"""`tilth suggest` as people run it: from files to suggestions for a prefix."""

from pathlib import Path

import pytest
from cli_helpers import tilth

from tilth.apps.project import Project
from tilth.data import read_parquet
from tilth.records import SUGGESTION_SCHEMA

SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"
category = "kind"

[data.searches]
path = "log.csv"
query = "query"
user_id = "user"
ts = "ts"
results = "results"
clicked = "clicked"

[suggest.filter]
safety = "safety.toml"
"""
START = 1_714_560_000
ITEMS = [
    "drill bits,tools",
    "cordless drill,tools",
    "hammer drill,tools",
    "garden hose,garden",
    "hammer,tools",
    "saw,tools",
]


def put(folder: Path, items: list[str] = ITEMS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{at},{item}" for at, item in enumerate(items)]
    (folder / "items.csv").write_text("\n".join(["id,title,kind", *rows]) + "\n")
    typed = [(f"p{who}", "drill bits"[:end], START + end) for who in range(9) for end in range(2, 11)]
    typed += [(f"p{who}", "hammer", START + 100) for who in range(6)] + [("p1", "ann smith", START + 200)]
    log = [f"{who},{query},{ts},9,{0 if query == 'drill bits' else ''}" for who, query, ts in typed]
    (folder / "log.csv").write_text("\n".join(["user,query,ts,results,clicked", *log]) + "\n")
    (folder / "safety.toml").write_text('deny = ["saw"]\n')
    (folder / "tilth.toml").write_text(SETTINGS)
    return folder / "tilth.toml"


def test_from_files_to_suggestions(tmp_path: Path) -> None:
    config = put(tmp_path)
    mined = tilth("suggest", "mine", "--config", config, "--json")
    assert mined.code == 0, mined.err
    assert mined.json()["candidates"]["log"] == 2
    assert mined.json()["log"]["queries_of_too_few_people"] == 1
    built = tilth("suggest", "build", "--config", config)
    assert built.code == 0, built.err
    assert "on the list of what is denied" in built.out
    shown = tilth("suggest", "show", "dr", "--config", config, "--json")
    found = [(one["query"], one["source"]) for one in shown.json()]
    assert found[0] == ("drill bits", "log")
    assert "drill" in [query for query, _ in found]
    table = read_parquet(tmp_path / "work" / "suggest" / "suggestions.parquet")
    assert table.schema.equals(SUGGESTION_SCHEMA)
    assert {row["query"]: row["rejected"] for row in table.to_pylist()}["saw"] is not None
    assert not any("ann" in query for query in table["query"].to_pylist())
    nothing = tilth("suggest", "show", "zzzzzzz", "--config", config)
    assert (nothing.code, "nothing is suggested" in nothing.out) == (0, True)


def test_a_build_over_another_changes_only_what_has_changed(tmp_path: Path) -> None:
    names = [f"thing {chr(97 + at // 26)}{chr(97 + at % 26)}x,tools" for at in range(60)]
    project = Project(put(tmp_path, [*ITEMS, *names]))
    project.suggest.mine()
    first = project.suggest.build()
    assert not first.updated
    (tmp_path / "safety.toml").write_text('deny = ["thing aax", "saw"]\n')
    second = Project(tmp_path / "tilth.toml").suggest.build()
    assert (second.updated, second.added, second.removed) == (True, 0, 1)
    assert second.suggestions == first.suggestions - 1
    assert "thing aax" not in [one.query for one in project.suggest.show("thing a", 60)]
    assert "thing abx" in [one.query for one in project.suggest.show("thing a", 60)]


def test_commands_in_the_wrong_order_say_what_to_run(tmp_path: Path) -> None:
    config = put(tmp_path)
    early = tilth("suggest", "build", "--config", config)
    assert (early.code, "tilth suggest mine" in early.err) == (3, True)
    early = tilth("suggest", "show", "dr", "--config", config)
    assert (early.code, "there is no suggester" in early.err) == (5, True)
    early = tilth("suggest", "generate", "--config", config)
    assert (early.code, "names no llm" in early.err) == (2, True)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("[suggest.log]\nmin_users = -1", "min_users must be 0 or more"),
        ("[suggest.filtr]\nmatch = 1", "did you mean 'filter'"),
        ("[suggest.generate]\nllm = 'x'", "there is no [llm.x]"),
        ("[suggest.generate]\nintents = ['joke']", "Invalid enum value 'joke'"),
        ("[suggest.rules]\na = 'covers'", "names no column"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, section: str, said: str) -> None:
    config = put(tmp_path)
    config.write_text(SETTINGS.replace("[suggest.filter]\nsafety", "[suggest.prior]\nlog = 1.0\n#") + section)
    ran = tilth("suggest", "mine", "--config", config)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_the_log_is_mined_as_of_its_own_end(tmp_path: Path) -> None:
    project = Project(put(tmp_path))
    table = read_parquet(project.suggest.mine().path)
    last = max(ts for ts in table["last_ts"].to_pylist() if ts is not None)
    assert last.timestamp() == START + 100
