"""A cascade over the wire: a cheap teacher that is unsure of some, a strong one that knows."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cli_helpers import tilth
from tiny_project import put_project, question_of, truthful
from tiny_world import is_bad, offered

from tilth.apps.project import Project
from tilth.errors import ConfigError, DataError
from tilth.testing import FakeLLMServer

PRICE = "price = { input_per_mtok = %s, output_per_mtok = %s, as_of = 2026-01-31 }"
CASCADE = '[judge]\nrubric = "bad-job-match"\ncascade = ["cheap", "strong"]\ncascade_share = 0.3\nn_boot = 200\n'
SHARES = "[distill.shares]\nfew-shot = 0.0\ncalibration = 0.5\ntest = 0.5\n"


def section(name: str, server: FakeLLMServer, *more: str) -> str:
    lines = [
        f"[llm.{name}]",
        'provider = "openai"',
        f'base_url = "{server.base_url}"',
        f'model = "{name}"',
        "max_retries = 0",
    ]
    return "\n".join([*lines, *more]) + "\n"


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The strong model knows. The cheap one takes every cook to fit anything, and says that it is not sure there."""
    said = truthful(request)
    if request["model"] == "strong" or "cook" not in question_of(request)["job seeker"]["title"]:
        return said
    return {"reasons": [], "grade": 0, "p": 0.4}


def cascade_in(folder: Path, server: FakeLLMServer, *more: str, judge: str = CASCADE, price: bool = True) -> Project:
    cheap, strong = (
        section("cheap", server, PRICE % (1, 1)),
        section("strong", server, PRICE % (10, 10) if price else ""),
    )
    return Project(put_project(folder, cheap, strong, judge, SHARES, *more, count=40))


def test_the_strong_teacher_sees_only_what_is_unsure_and_mends_it(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        project = cascade_in(tmp_path / "p", server)
        run = project.cascade()
        models = [request["model"] for request in server.requests]
    assert (models.count("cheap"), models.count("strong")) == (160, 48), "no more than the share: 0.3 of 160"
    assert run.escalated == pytest.approx(0.3)
    assert run.steps[0].calibration.startswith("calibrated on")
    rows = pq.read_table(run.path).to_pylist()
    assert len(rows) == 160
    cooks = [row for row in rows if int(row["context_id"][1:]) % 4 == 2]
    assert {row["teacher"] for row in cooks} == {"strong"}, "all 40 unsure ones are among the 48"
    assert all(row["asked"] == ["cheap", "strong"] for row in cooks)
    assert all(row["grade"] == (int(row["context_id"][1:]) % 4 != int(row["item_id"][1:]) % 4) for row in rows)
    kappas = {score.source: score.kappa.value for score in run.comparison.table}
    assert kappas["model:cascade"] == 1.0 > kappas["model:cheap"]
    assert "model:strong" not in kappas
    assert "strong has not judged all pairs, so it is not measured alone" in run.notes


def test_the_money_adds_up(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        run = cascade_in(tmp_path / "p", server).cascade()
    cheap, strong = run.steps
    assert run.labels_cost_usd == pytest.approx(cheap.labels_cost_usd + strong.labels_cost_usd)
    assert run.paid_usd == pytest.approx(run.labels_cost_usd)
    assert run.estimated
    assert run.last_alone_usd == pytest.approx(strong.labels_cost_usd / 48 * 160)
    assert run.saved_usd == pytest.approx(run.last_alone_usd - run.labels_cost_usd)
    assert run.saved_usd > 0.5 * run.last_alone_usd


def test_a_price_that_is_unknown_stays_unknown(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        run = cascade_in(tmp_path / "p", server, price=False).cascade()
    assert (run.labels_cost_usd, run.last_alone_usd, run.saved_usd) == (None, None, None)
    assert run.steps[0].labels_cost_usd is not None


def test_a_second_run_pays_nothing_and_a_strong_one_that_has_run_is_measured_beside_it(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        project = cascade_in(tmp_path / "p", server)
        first = project.cascade()
        project.judge(["strong"])
        calls = server.calls
        second = project.cascade()
        assert server.calls == calls == 320, "the strong teacher's 48 were not asked again"
    assert second.paid_usd == 0.0
    assert second.labels_cost_usd == pytest.approx(first.labels_cost_usd)
    assert not second.estimated
    assert {score.source for score in second.comparison.table} == {"model:cheap", "model:cascade", "model:strong"}
    assert pq.read_table(first.path)["teacher"].to_pylist() == pq.read_table(second.path)["teacher"].to_pylist()


def test_the_commands_show_it(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        config = cascade_in(tmp_path / "p", server).base / "tilth.toml"
        ran = tilth("judge", "run", "--config", config)
        as_json = tilth("judge", "run", "--config", config, "--json").json()
    assert ran.code == 0
    assert "30.0 % of 160 pairs went on to strong" in ran.out
    assert "saved about $" in ran.out
    assert [one["teacher"] for one in as_json] == ["cascade"]
    assert as_json[0]["escalated_share"] == pytest.approx(0.3)
    compared = tilth("judge", "compare", "--config", config, "--json").json()
    assert {row["source"] for row in compared["table"]} == {"model:cheap", "model:cascade"}
    assert any("cascade.json has it on the test part alone" in note for note in compared["notes"])
    written = json.loads((tmp_path / "p" / "work" / "judgments" / "cascade.json").read_text())
    assert written["steps"] == as_json[0]["steps"]


def test_a_student_can_learn_from_it(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        project = cascade_in(tmp_path / "p", server, "[distill]\ncurve = false\nn_boot = 50\nnext_pairs = 5\n")
        project.cascade()
        assert project.distill().teacher == "model:cascade"


def test_without_gold_p_is_taken_at_its_word(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        project = cascade_in(tmp_path / "p", server)
        path = project.base / "tilth.toml"
        text = path.read_text()
        path.write_text(text[: text.index("[data.gold]")] + text[text.index("[llm.cheap]") :])
        run = Project(path).cascade()
    assert run.steps[0].calibration.startswith("not calibrated")
    assert run.comparison is None
    assert run.notes == ("no gold: how far the cascade agrees with people is not known",)
    cooks = [row for row in pq.read_table(run.path).to_pylist() if int(row["context_id"][1:]) % 4 == 2]
    assert {row["teacher"] for row in cooks} == {"strong"}


def test_nothing_is_escalated_where_the_share_is_none(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        run = cascade_in(tmp_path / "p", server, judge=CASCADE.replace("0.3", "0.0")).cascade()
        assert server.calls == 160
    assert [step.asked for step in run.steps] == [160, 0]
    assert run.last_alone_usd is None, "nothing is known of its price"


def test_recorded_answers_can_be_the_cheap_teacher_and_what_is_missing_there_goes_on(tmp_path: Path) -> None:
    """Each pair of the first 30 people was judged before, rightly and surely; the other 40 pairs are 0.25 of all."""
    recorded = '[llm.cheap]\nprovider = "recorded"\npath = "said.csv"\ncontext_id = "person"\nitem_id = "job"\n'
    judge = CASCADE.replace("0.3", "0.5") + "cascade_margin = 0.1\n"
    with FakeLLMServer(answer) as server:
        path = put_project(tmp_path / "p", recorded, section("strong", server), judge, SHARES, count=40)
        lines = [
            f"{person},{job},{is_bad((person, job)):d},{0.98 if is_bad((person, job)) else 0.02},"
            for person, job in offered(30)
        ]
        (path.parent / "said.csv").write_text("\n".join(["person,job,grade,p,reasons", *lines]) + "\n")
        run = Project(path).cascade()
        assert server.calls == 40
    assert [(step.asked, step.decided) for step in run.steps] == [(160, 120), (40, 40)]
    rows = pq.read_table(run.path).to_pylist()
    assert {row["teacher"] for row in rows if int(row["context_id"][1:]) >= 30} == {"strong"}
    assert all(row["grade"] is not None for row in rows)


@pytest.mark.parametrize(
    ("judge", "message"),
    [
        ('cascade = ["cheap"]', r"\[judge\] cascade needs two or more different names"),
        ('cascade = ["cheap", "cheap"]', "two or more different names"),
        ('cascade = ["cheap", "nobody"]', r"\[judge\] cascade names 'nobody'"),
        ('cascade = ["cheap", "strong"]\ncascade_share = 1.5', r"cascade_share must lie in 0\.\.1"),
        ('cascade = ["cheap", "strong"]\ncascade_margin = 0.6', r"cascade_margin must lie in 0\.\.0\.5"),
        ('aggregates = ["median"]', r"aggregates\[0\]\]: Invalid enum value 'median'"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, judge: str, message: str) -> None:
    with FakeLLMServer(answer) as server, pytest.raises(ConfigError, match=message):
        cascade_in(tmp_path / "p", server, judge=f"[judge]\n{judge}\n")


def test_names_that_tilth_gives_are_taken(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server, pytest.raises(ConfigError, match=r"\[llm\.cascade\]: the name is taken"):
        cascade_in(tmp_path / "p", server, section("cascade", server))


def test_labels_of_another_cascade_are_not_taken_for_those_of_this_one(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        other = section("other", server)
        project = cascade_in(tmp_path / "p", server, other)
        project.cascade()
        path = project.base / "tilth.toml"
        path.write_text(path.read_text().replace('["cheap", "strong"]', '["cheap", "other"]'))
        with pytest.raises(DataError, match=r"labels are of another cascade\n  hint: run `tilth judge run` again"):
            Project(path).compare()
        Project(path).cascade()
        assert "model:cascade" in {score.source for score in Project(path).compare().table}


AGGREGATES = '[judge]\nrubric = "bad-job-match"\nteachers = ["cheap", "strong", "other"]\nn_boot = 200\n'


def test_aggregates_stand_in_the_same_table(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        judge = AGGREGATES + 'aggregates = ["dawid-skene", "gold-weights"]\n'
        project = cascade_in(tmp_path / "p", server, section("other", server), judge=judge)
        project.judge()
        compared = project.compare()
    assert {score.source for score in compared.table} >= {"model:aggregate-ds", "model:aggregate-gold", "model:strong"}
    assert compared.score_of("model:aggregate-gold").kappa.value > compared.score_of("model:cheap").kappa.value
    assert compared.score_of("model:aggregate-gold").cost_usd is None, "one member has no price"
    assert any("weights fitted without their context" in note for note in compared.notes)


def test_an_aggregate_of_too_few_is_left_out_and_said_so(tmp_path: Path) -> None:
    with FakeLLMServer(answer) as server:
        judge = '[judge]\nrubric = "bad-job-match"\nteachers = ["cheap", "strong"]\naggregates = ["dawid-skene"]\n'
        project = cascade_in(tmp_path / "p", server, '[distill]\nteacher = "aggregate-ds"\n', judge=judge)
        project.judge()
        compared = project.compare()
        assert {score.source for score in compared.table} == {"model:cheap", "model:strong"}
        why = "needs at least 3 sources of labels, there are 2; run more teachers"
        assert any("model:aggregate-ds is left out" in note and why in note for note in compared.notes)
        with pytest.raises(DataError, match=r"'model:aggregate-ds' could not be made.*at least 3 sources"):
            project.distill()
