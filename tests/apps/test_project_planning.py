"""A plan says what a run will do, and pays for nothing that it was not told to."""

from pathlib import Path
from typing import Any

import pytest
from cli_helpers import tilth
from tiny_project import ENRICH, JUDGE, put_project, teacher, truthful

from tilth.apps.project import Project
from tilth.errors import ConfigError
from tilth.testing import FakeLLMServer

PRICE = "price = { input_per_mtok = 1, output_per_mtok = 10, as_of = 2026-01-31 }"


def project_for(folder: Path, server: FakeLLMServer, *sections: str, count: int = 40) -> Project:
    return Project(put_project(folder, teacher(server.base_url, PRICE), *sections, count=count))


def test_planning_asks_nothing_and_needs_no_key(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        config = put_project(tmp_path / "p", teacher(server.base_url, PRICE, 'api_key_env = "NOT_SET"'), JUDGE, ENRICH)
        (judging,) = Project(config).plan()
        (reading,) = Project(config).plan("enrich")
        assert server.calls == 0
    assert (judging.requests, judging.distinct, judging.answered, judging.rough) == (192, 192, 0, True)
    assert judging.cost_usd.low < judging.cost_usd.high
    assert (reading.what, reading.requests) == ("items", 8)


def test_a_pilot_is_paid_for_once_and_its_estimate_holds_the_truth(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, JUDGE)
        (plan,) = project.plan(pilot=40)
        assert server.calls == 40
        (again,) = project.plan()
        assert server.calls == 40
        run = project.judge()[0]
        assert server.calls == 160, "the pilot's answers are part of the run"
    assert (plan.answered, plan.remaining, plan.observed, plan.pilot_asked, plan.pilot_lost) == (40, 120, 40, 40, 0)
    assert (again.answered, again.observed, again.pilot_asked) == (40, 40, 0)
    # One pilot in twenty lies outside of its interval, and which it is depends on the server's port.
    for told, true in ((plan.cost_usd, run.cost_usd), (plan.prompt_tokens, run.tally.prompt_tokens)):
        assert abs(told.value - true) <= 1.5 * (told.high - told.low)
    assert plan.pilot_cost_usd == pytest.approx(run.labels_cost_usd - run.cost_usd)
    assert again.cost_usd.value == pytest.approx(plan.cost_usd.value)


def test_what_the_pilot_could_not_use_is_said(tmp_path: Path) -> None:
    def sometimes(request: dict[str, Any]) -> Any:
        return truthful(request) if "nurse" in request["messages"][1]["content"] else "no idea"

    with FakeLLMServer(sometimes) as server:
        (plan,) = project_for(tmp_path / "p", server, JUDGE).plan(pilot=60)
        assert server.calls > 60, "repairs were asked for"
    assert 0 < plan.unparsable.low < plan.unparsable.value < plan.unparsable.high < 1


def test_a_pilot_that_gets_no_reply_leaves_a_rough_plan(tmp_path: Path) -> None:
    def broken(request: dict[str, Any]) -> Any:
        raise RuntimeError

    with FakeLLMServer(broken) as server:
        (plan,) = project_for(tmp_path / "p", server, JUDGE).plan(pilot=5)
    assert (plan.rough, plan.pilot_asked, plan.pilot_lost, plan.answered) == (True, 5, 5, 0)


def test_the_command_shows_a_question_that_a_terminal_will_not_obey(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, JUDGE, count=8)
        people = project.base / "people.jsonl"
        people.write_text(people.read_text().replace("years of work", "years \\u009b31m\\u202e of work"))
        config = project.base / "tilth.toml"
        ran = tilth("judge", "plan", "--config", config)
        as_json = tilth("judge", "plan", "--config", config, "--pilot", 3, "--json").json()
    assert ran.code == 0
    assert "\\x9b31m\\u202e" in ran.out
    assert not set(ran.out) & {"\x9b", "\u202e", "\x1b"}
    assert "--- schema of the answer" in ran.out
    assert "rough: no real answer is known" in ran.out
    assert as_json[0]["observed"] == 3
    assert [message["role"] for message in as_json[0]["example"]["messages"]] == ["system", "user"]
    assert as_json[0]["example"]["schema"]["required"] == ["reasons", "grade", "p"]


def test_enrich_plan_has_a_row_for_each_side(tmp_path: Path) -> None:
    both = ENRICH + '[enrich.context.trade]\ntype = "text"\n'
    with FakeLLMServer(truthful) as server:
        config = project_for(tmp_path / "p", server, both, count=12).base / "tilth.toml"
        plans = tilth("enrich", "plan", "--config", config, "--pilot", 2, "--json").json()
        shown = tilth("enrich", "plan", "--config", config).out
        assert server.calls == 4
    assert [(plan["what"], plan["distinct"], plan["answered"]) for plan in plans] == [
        ("contexts", 12, 2),
        ("items", 8, 2),
    ]
    assert "t: items" in shown


def test_a_cascades_second_teacher_says_how_few_it_will_be_asked(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        strong = teacher(server.base_url).replace("[llm.t]", "[llm.strong]")
        judge = '[judge]\nrubric = "bad-job-match"\ncascade = ["t", "strong"]\ncascade_share = 0.2\n'
        plans = project_for(tmp_path / "p", server, strong, judge, count=8).plan()
    assert [(plan.name, plan.notes) for plan in plans] == [
        ("t", ()),
        ("strong", ("in the cascade at most 20.0% of these calls are made",)),
    ]


def test_what_cannot_be_planned_is_said(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        project = project_for(tmp_path / "p", server, JUDGE.replace('["t"]', "[]"), count=8)
        with pytest.raises(ConfigError, match=r"\[judge\] teachers is empty"):
            project.plan()
        with pytest.raises(ConfigError, match=r"there is no \[llm\.nobody\]"):
            project.plan(teachers=["nobody"])
        with pytest.raises(ConfigError, match=r"\[enrich\] names no llm"):
            project.plan("enrich")
        with pytest.raises(ConfigError, match="0 or more, not -1"):
            project.plan(teachers=["t"], pilot=-1)
