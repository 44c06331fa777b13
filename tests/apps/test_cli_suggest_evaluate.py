"""`tilth suggest evaluate` as people run it."""

from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from cli_helpers import tilth
from shop_log import put_shop

from tilth.apps.project import Project
from tilth.artifacts.suggester import FEATURES, Ranker, Suggester
from tilth.data import read_json, write_json
from tilth.errors import DataError


def test_from_a_log_to_what_each_source_adds(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    ran = tilth("suggest", "evaluate", "--config", config, "--held-out-days", "2", "--chars", "3", "--chars", "6")
    assert ran.code == 0, ran.err
    assert "log earns its place" in ran.out
    assert "title earns its place" in ran.out
    work = tmp_path / "work" / "suggest"
    assert sorted(path.name for path in work.iterdir()) == ["evaluation.html", "evaluation.json"]
    assert not (tmp_path / "work" / "suggester").exists()
    found = read_json(work / "evaluation.json")
    assert (found["how"], found["people"], found["chars"]) == ("time", "users", [3, 6])
    assert found["held_out"]["half_typed"] > 0
    assert found["held_out"]["replayed"] == found["searches"] == 120
    page = (work / "evaluation.html").read_text()
    assert "What each source adds" in page
    slices = {one["name"]: one["measures"] for one in found["slices"]}
    assert slices["unseen"]["searches"] > 0  # what is asked for late only was not mined
    assert slices["head"]["coverage"]["value"] == 1


def test_json_since_and_a_log_without_times(tmp_path: Path) -> None:
    config = put_shop(tmp_path, times=False, people=30)
    ran = tilth("suggest", "evaluate", "--config", config, "--json", "--searches", "20")
    assert ran.code == 0, ran.err
    found = ran.json()
    assert (found["how"], found["since"]) == ("users", None)
    assert 20 <= found["searches"] <= 30
    assert any("no times" in note for note in found["notes"])
    for words, said in (
        (["--since", "2026-05-09"], "no times to be split by"),
        (["--since", "2026-05-09", "--held-out-days", "1"], "not both"),
        (["--share", "2"], "between 0 and 1"),
    ):
        ran = tilth("suggest", "evaluate", "--config", config, *words)
        assert (ran.code, said in ran.err) == (2, True), ran.err


def test_without_a_log_there_is_nothing_to_evaluate_on(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    text = config.read_text()
    config.write_text(text[: text.index("[data.searches]")] + text[text.index("[suggest.log]") :])
    ran = tilth("suggest", "evaluate", "--config", config)
    assert (ran.code, "[data.searches]" in ran.err) == (2, True)


def test_an_order_that_pays_goes_into_what_is_built(tmp_path: Path) -> None:
    config = put_shop(tmp_path, shifts=True, people=200)
    config.write_text(config.read_text().replace("min_users = 3", "min_users = 1000"))
    project = Project(config)
    run = project.suggest.evaluate()
    assert (run.ranker.learned, run.ranker.pays) == (True, True)
    assert run.evaluation.shipped == "all, ranked"
    project.suggest.mine()
    assert project.suggest.build().ranked
    suggester = Suggester(project.suggest.suggester_folder)
    assert suggester.ranker == Ranker.load(tmp_path / "work" / "suggest" / "ranker.json")
    assert project.suggest.show("red l", 1)[0].query.count(" ") == 2  # as people ask, not as titles repeat
    config.write_text(config.read_text() + '\n[suggest.rank]\nuse = "prior"\n')
    prior = Project(config).suggest
    assert not prior.build().ranked
    assert prior.show("red l", 1)[0].query.count(" ") == 1


def test_an_order_that_does_not_pay_is_used_only_on_demand(tmp_path: Path) -> None:
    config = put_shop(tmp_path, people=20)
    folder = tmp_path / "work" / "suggest"
    with config.open("a") as file:
        file.write('\n[suggest.rank]\nuse = "learned"\n')
    project = Project(config)
    project.suggest.mine()
    with pytest.raises(DataError, match="no order was learned"):
        project.suggest.build()
    rows = np.arange(2 * len(FEATURES)).reshape(2, -1)
    some = {"objective": "regression", "min_data_in_leaf": 1, "num_threads": 1, "verbosity": -1}
    model = lgb.train(some, lgb.Dataset(rows, [0, 1], params={"verbosity": -1}), 1).model_to_string()
    (folder / "ranker.json").write_bytes(Ranker(model, ("log",)).to_bytes())
    write_json({"ranker": {"pays": False}}, folder / "evaluation.json")
    assert project.suggest.build().ranked
    config.write_text(config.read_text().replace('"learned"', '"auto"'))
    assert not Project(config).suggest.build().ranked
