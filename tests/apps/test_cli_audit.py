"""`tilth audit` and `tilth audit compare` as a user would type them."""

import csv
import os
import re
from pathlib import Path

import pytest
from audit_project import put_shop
from cli_helpers import tilth
from tiny_project import ENRICH, teacher, truthful

from tilth.apps.project import Project
from tilth.audit.stored import read_audit
from tilth.errors import ConfigError
from tilth.testing import FakeLLMServer

PRICE = "price = { input_per_mtok = 2.0, output_per_mtok = 10.0, as_of = 2026-01-31 }"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that was audited. Not to be changed."""
    config = put_shop(tmp_path_factory.mktemp("shop"), teacher("http://x", PRICE))
    assert tilth("audit", "--config", config).code == 0
    return config


def test_an_audit_writes_figures_gaps_and_a_page(shop: Path) -> None:
    folder = shop.parent / "work" / "audit"
    audit = read_audit(folder)
    assert audit.counts["items"] == 30
    cold = audit.measure("items.cold_share")
    assert cold is not None
    assert cold.value == pytest.approx(1 / 3)
    assert {"items", "categories", "fields", "queries", "feedback"} <= audit.tables.keys()
    steps = set(audit.gaps.table["step"].to_pylist())
    assert steps >= {"enrich", "coldstart", "suggest", "judge"}
    assert all(cost > 0 for cost in audit.gaps.table["cost_usd"].to_pylist())
    ratios = [value or 0.0 for value in audit.gaps.table["demand_per_usd"].to_pylist()]
    assert ratios == sorted(ratios, reverse=True)
    assert audit.notes[0] == "made up for a test"
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in (shop.parent / "work").iterdir() if path.name.startswith(".")) == []


def test_what_it_prints_names_gaps_and_what_to_do_next(shop: Path, tmp_path: Path) -> None:
    ran = tilth("audit", "--config", shop, "--out", tmp_path / "again")
    assert "The 5 most valuable of" in ran.out
    assert "No command fills gaps of coldstart yet" in ran.out
    assert "No command fills gaps of queries" in ran.out
    assert "tilth suggest generate" not in ran.out, "no gap of items for it"
    assert f"Next: tilth enrich attributes --gaps {tmp_path / 'again'}" in ran.out
    assert "it reads attributes from the titles and texts that are there; it writes no title or text" in ran.out
    assert "1 query" in ran.out
    assert not re.search(r"\b1 (items|queries|pairs|querie)\b", ran.out)
    assert "costs are estimates at the price of [llm.t] as of 2026-01-31" in ran.out
    assert f"Report: {tmp_path / 'again' / 'report.html'}" in ran.out


def test_what_it_prints_begins_with_summary_and_gaps_and_ends_with_the_page(shop: Path, tmp_path: Path) -> None:
    ran = tilth("audit", "--config", shop, "--out", tmp_path / "again")
    places = ("never interacted with", "Spend first on", "most valuable of", "\nMeasures", "Next:", "Report:")
    assert sorted(places, key=ran.out.index) == list(places)
    assert ran.out.splitlines()[-1].startswith("Report:")


def test_measures_without_a_value_are_counted_and_not_listed(shop: Path, tmp_path: Path) -> None:
    ran = tilth("audit", "--config", shop, "--out", tmp_path / "again")
    missing = [one for one in read_audit(tmp_path / "again").measures if not one.where and one.value is None]
    assert missing
    assert f"{len(missing)} measures without a value: the report says why." in ran.out
    assert "Implicit signals that are right" not in ran.out


def test_one_of_a_thing_is_singular(tmp_path: Path) -> None:
    config = put_shop(tmp_path, teacher("http://x", PRICE), logs=False)
    (tmp_path / "items.csv").write_text(
        'id,title,text,kind\ni1,a fine lamp of oak,,lamp\ni2,a chair of steel,"' + "long text " * 20 + '",lamp\n'
    )
    ran = tilth("audit", "--config", config)
    assert ("\nThe only gap\n" in ran.out, " 1 item " in ran.out, "1 items" in ran.out) == (True, True, False)
    assert "< $0.01" in ran.out
    assert "which cost under $0.01." in ran.out.replace("\u202f", " ")


def test_the_page_calls_items_by_their_titles(tmp_path: Path) -> None:
    run = Project(put_shop(tmp_path, logs=False)).audit()
    assert "a fine lamp number 0 ·" in run.report.read_text(encoding="utf-8")


def test_the_help_says_what_is_written() -> None:
    shown = " ".join(tilth("audit", "--help").out.split())
    for name in ("report.html", "audit.json", "gaps.parquet", "gap_members.parquet"):
        assert name in shown


def test_without_logs_the_catalog_is_audited_and_the_rest_said(tmp_path: Path) -> None:
    ran = tilth("audit", "--config", put_shop(tmp_path, logs=False), "--json")
    assert ran.code == 0
    found = ran.json()
    assert found["counts"] == {"items": 30}
    assert {gap["step"] for gap in found["gaps"]} == {"enrich"}
    assert {gap["demand"] for gap in found["gaps"]} == {None}
    assert any(note.startswith("no [data.events]") for note in found["notes"])
    assert any("what filling gaps costs is unknown" in note for note in found["notes"])


def test_what_a_killed_audit_left_behind_is_removed(tmp_path: Path) -> None:
    config = put_shop(tmp_path, logs=False)
    old, running = tmp_path / "work" / ".spill-old", tmp_path / "work" / ".spill-running"
    for folder in (old, running):
        (folder / "events").mkdir(parents=True)
    os.utime(old, (0, 0))
    assert tilth("audit", "--config", config).code == 0
    assert (old.exists(), running.exists()) == (False, True)


def test_only_some_parts(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    (tmp_path / "events.csv").unlink()
    found = tilth("audit", "--config", config, "--only", "fields", "--json").json()
    assert all(measure["name"].startswith("fields.") for measure in found["measures"])
    assert "only some parts were asked for; left out: interactions, search" in found["notes"]
    ran = tilth("audit", "--config", config, "--only", "everything")
    assert (ran.code, "its parts are fields, interactions, search" in ran.err) == (2, True)
    assert tilth("audit", "--config", config).code == 3
    assert not (tmp_path / "work" / "audit" / "report.html").is_symlink()


def test_a_log_of_another_catalog_is_refused(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    log = (tmp_path / "events.csv").read_text().replace(",i", ",sku-").replace("sku-tem", "item")
    (tmp_path / "events.csv").write_text(log)
    ran = tilth("audit", "--config", config)
    assert ran.code == 3
    said = " ".join(ran.err.split())
    assert "log and catalog share no ids: none of 210 events is on an item of the catalog" in said
    assert "(in the log, for example, 'sku-0'; in the catalog 'i0')" in said
    assert not (tmp_path / "work" / "audit" / "audit.json").exists()


def test_a_log_without_events_says_nothing_of_the_items(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    (tmp_path / "events.csv").write_text("user,item,what,at\n")
    found = tilth("audit", "--config", config, "--json").json()
    assert [finding["text"] for finding in found["findings"] if finding["table"] == "events"] == [
        "the log has no events"
    ]
    assert not [one for one in found["measures"] if one["name"].startswith(("items.", "feedback."))]
    assert {gap["step"] for gap in found["gaps"]} == {"enrich", "suggest"}


def test_two_audits_are_compared(shop: Path, tmp_path: Path) -> None:
    before = shop.parent / "work" / "audit"
    better = put_shop(tmp_path, teacher("http://x", PRICE), thin=False)
    ran = tilth("audit", "--config", better, "--before", before, "--json")
    after = tmp_path / "work" / "audit"
    compared = tilth("audit", "compare", before, after, "--json").json()
    assert compared == ran.json()["comparison"]
    assert not any("settings" in note for note in compared["notes"])
    by_name = {change["name"]: change for change in compared["measures"] if not change["where"]}
    assert (by_name["fields.missing_share"]["verdict"], by_name["items.gini"]["verdict"]) == ("better", "same")
    assert {gap["state"] for gap in compared["gaps"] if gap["step"] == "enrich"} == {"gone"}
    shown = tilth("audit", "compare", before, after)
    assert "better" in shown.out
    assert "Gaps that changed" in shown.out
    assert (
        Project(better).compare_audits(before).to_json()["gaps"]
        == Project(better).compare_audits(before, after).to_json()["gaps"]
    )


def test_a_longer_log_of_the_same_people_is_neither_better_nor_worse(shop: Path, tmp_path: Path) -> None:
    longer = put_shop(tmp_path, teacher("http://x", PRICE))
    with (tmp_path / "events.csv").open("r+") as file:
        later = [line.replace("2026-01-", "2026-02-") for line in file.read().splitlines()[1:]]
        file.write("\n".join(later) + "\n")
    ran = tilth("audit", "--config", longer, "--before", shop.parent / "work" / "audit", "--json")
    compared = ran.json()["comparison"]
    assert compared["counts"]["events"] == [210, 420]
    assert compared["notes"][0].startswith("the logs are of unequal length (210 events, then 420)")
    assert not {change["name"] for change in compared["measures"] if change["verdict"] in ("better", "worse")}


def test_what_is_no_audit_is_refused(shop: Path, tmp_path: Path) -> None:
    audit = shop.parent / "work" / "audit"
    missing = tilth("audit", "compare", audit, tmp_path)
    assert (missing.code, "name the folder that `tilth audit` wrote" in missing.err) == (3, True)
    (tmp_path / "audit.json").write_text("{}")
    assert tilth("audit", "compare", tmp_path, audit).code == 5
    assert tilth("audit", "--config", shop, "--before", tmp_path).code == 5


def test_enrich_takes_the_gaps_of_an_audit(tmp_path: Path) -> None:
    with FakeLLMServer(truthful) as server:
        config = put_shop(tmp_path, teacher(server.base_url), ENRICH)
        audit = Project(config).audit()
        thin = {row["id"] for row in audit.audit.gaps.members.to_pylist() if row["gap_id"].startswith("thin")}
        (run,) = Project(config).read_attributes(gaps=audit.folder)
    assert run.asked == len(thin) == 12


def test_check_reads_the_logs(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    ran = tilth("check", "--config", config, "--json")
    assert ran.code == 0
    assert (ran.json()["counts"]["items"], ran.json()["counts"]["events"]) == (30, 210)
    assert ran.json()["warnings"] == []
    with (tmp_path / "events.csv").open("a", newline="") as file:
        csv.writer(file).writerows([("", "i1", "click", "2026-01-01"), ("u1", "i1", "click", "yesterday")])
    ran = tilth("check", "--config", config, "--json")
    assert ran.code == 1
    assert sorted((bad["column"], bad["kept"], bad["rows"]) for bad in ran.json()["bad_rows"]) == [
        ("at", True, [213]),
        ("user", False, [212]),
    ]
    shown = tilth("check", "--config", config).out
    assert "In the logs:" in shown
    assert "213: yesterday" in shown


def test_a_step_that_needs_more_says_what(tmp_path: Path) -> None:
    project = Project(put_shop(tmp_path, teacher("http://x"), '[judge]\nrubric = "bad-job-match"\nteachers = ["t"]\n'))
    with pytest.raises(ConfigError, match=r"needs \[data\.(contexts|pairs)\]"):
        project.judge()
    with pytest.raises(ConfigError, match=r"needs \[data\.(contexts|pairs)\]"):
        project.plan("judge")
