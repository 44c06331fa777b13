"""Budgets and `--resume` as a user types them."""

from pathlib import Path

import pytest
from cli_helpers import tilth
from tiny_project import ENRICH, JUDGE, put_project, teacher, truthful

from tilth.testing import FakeLLMServer

PRICE = "price = { input_per_mtok = 1.0, output_per_mtok = 10.0, as_of = 2026-01-01 }"
PAIRS = 32


def config_for(folder: Path, server: FakeLLMServer, *sections: str, price: str = PRICE) -> Path:
    settings = [price] if price else []
    return put_project(folder, teacher(server.base_url, *settings), *sections, count=8)


@pytest.mark.parametrize(
    ("option", "amount"), [("--budget-requests", 10), ("--budget-tokens", 9000), ("--budget-usd", 0.02)]
)
def test_a_run_stops_at_its_budget_and_resume_goes_on(tmp_path: Path, option: str, amount: float) -> None:
    with FakeLLMServer(truthful) as server:
        config = config_for(tmp_path / "p", server, JUDGE)
        ran = tilth("judge", "run", "--config", config, option, amount)
        calls = server.calls
        assert 0 < calls < PAIRS
        assert ran.code == 6
        assert f"{PAIRS - calls} are left" in ran.err
        assert "at the same cost a piece" in ran.err
        assert "tilth judge run --resume" in ran.err
        (rest,) = tilth("judge", "run", "--config", config, "--resume", "--json").json()
        assert server.calls == PAIRS
    assert (rest["labelled"], rest["cached"], rest["left"], rest["stopped"]) == (PAIRS, calls, 0, None)


def test_the_projects_budget_holds_over_all_its_runs(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        config = config_for(tmp_path / "p", server, JUDGE, ENRICH, "[budget]\nrequests = 20\n")
        assert tilth("enrich", "attributes", "--config", config).code == 0
        assert server.calls == 8
        assert tilth("judge", "run", "--config", config).code == 6
        assert server.calls == 20
        assert tilth("judge", "run", "--config", config, "--resume").code == 6
        assert server.calls == 20
        config.write_text(config.read_text().replace("requests = 20", "requests = 100"))
        assert tilth("judge", "run", "--config", config, "--resume").code == 0
        assert server.calls == 8 + PAIRS


def test_there_may_be_nothing_to_resume(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        config = config_for(tmp_path / "p", server, JUDGE, ENRICH)
        for step in (("judge", "run"), ("enrich", "attributes")):
            assert "nothing to take up" in tilth(*step, "--config", config, "--resume").err
            assert tilth(*step, "--config", config).code == 0
            ran = tilth(*step, "--config", config, "--resume")
            assert (ran.code, "nothing to take up" in ran.err) == (2, True)


def test_labels_of_an_earlier_run_stay_where_nothing_could_be_asked(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        config = config_for(tmp_path / "p", server, JUDGE)
        assert tilth("judge", "run", "--config", config).code == 0
        path = tmp_path / "p" / "work" / "judgments" / "t.parquet"
        before = path.read_bytes()
        config.write_text(config.read_text().replace('model = "m"', 'model = "other"'))
        assert tilth("judge", "run", "--config", config, "--budget-requests", 0).code == 6
        assert path.read_bytes() == before


def test_money_without_a_price_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        config = config_for(tmp_path / "p", server, JUDGE, price="")
        ran = tilth("judge", "run", "--config", config, "--budget-usd", 1)
        assert (ran.code, server.calls) == (2, 0)
    assert "a budget in money needs a price" in ran.err


@pytest.mark.parametrize(("key", "value"), [("usd", "-1.0"), ("tokens", "-5"), ("usd", "nan")])
def test_a_budget_below_nothing_is_refused(tmp_path: Path, key: str, value: str) -> None:
    config = put_project(tmp_path / "p", teacher("http://127.0.0.1:9/v1"), JUDGE, f"[budget]\n{key} = {value}\n")
    ran = tilth("judge", "run", "--config", config)
    assert ran.code == 2
    assert f"[budget] {key} must be at least 0" in ran.err
