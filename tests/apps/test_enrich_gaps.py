"""`tilth enrich attributes --gaps`: only what an audit found thin, most demand per dollar first."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_helpers import tilth
from tiny_project import ENRICH, put_project, question_of, teacher, truthful

from tilth.apps.project import Project
from tilth.data import write_parquet
from tilth.errors import ConfigError, DataError
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA
from tilth.testing import FakeLLMServer

MEMBERS = {
    "thin-a": ("enrich", ["j5", "j2", "left-the-catalog"]),
    "cold-b": ("coldstart", ["j3"]),
    "thin-c": ("enrich", ["j0", "j2"]),
}


def put_gaps(folder: Path) -> Path:
    rows = [
        {"gap_id": gap, "step": step, "kind": "k", "place": "p", "unit": "items", "size": 1, "calls": 1, "reason": ""}
        for gap, (step, _) in MEMBERS.items()
    ]
    members = [{"gap_id": gap, "id": item} for gap, (_, items) in MEMBERS.items() for item in items]
    write_parquet(pa.Table.from_pylist(rows, schema=GAP_SCHEMA), folder / "gaps.parquet")
    write_parquet(pa.Table.from_pylist(members, schema=MEMBER_SCHEMA), folder / "gap_members.parquet")
    return folder


def ids_in(project: Project) -> list[str]:
    return pq.read_table(project.work / "attributes" / "item.parquet")["id"].to_pylist()


def test_only_the_items_of_the_gaps_are_read_in_their_order(tmp_path: Path) -> None:
    gaps = put_gaps(tmp_path / "audit")
    both = ENRICH + '[enrich.context.trade]\ntype = "text"\n'
    with FakeLLMServer(truthful) as server:
        project = Project(put_project(tmp_path / "p", teacher(server.base_url, "concurrency = 1"), both, count=4))
        (run,) = project.read_attributes(gaps=gaps)
        asked = [question_of(request)["title"] for request in server.requests]
    assert (run.role, run.asked, run.read) == ("item", 3, 3)
    assert asked == ["driver wanted", "cook wanted", "nurse wanted"]  # j5, j2, j0
    assert ids_in(project) == ["j5", "j2", "j0"]


def test_what_was_read_of_others_stays(tmp_path: Path) -> None:
    gaps = put_gaps(tmp_path / "audit")
    with FakeLLMServer(truthful) as server:
        config = put_project(tmp_path / "p", teacher(server.base_url), ENRICH, count=4)
        project = Project(config)
        project.read_attributes()
        ran = tilth("enrich", "attributes", "--config", config, "--gaps", gaps, "--gap", "thin-c", "--json").json()
        assert server.calls == 8
    assert (ran[0]["asked"], ran[0]["calls"], ran[0]["cached"]) == (2, 0, 2)
    assert ids_in(project) == ["j0", "j2", "j1", "j3", "j4", "j5", "j6", "j7"]


def test_a_run_on_gaps_that_a_budget_stops_says_how_to_go_on_with_them(tmp_path: Path) -> None:
    gaps = put_gaps(tmp_path / "audit")
    with FakeLLMServer(truthful) as server:
        config = put_project(tmp_path / "p", teacher(server.base_url, "concurrency = 1"), ENRICH, count=4)
        words = ("enrich", "attributes", "--config", config, "--gaps", gaps)
        ran = tilth(*words, "--budget-requests", 1)
        assert ran.code == 6
        assert f"tilth enrich attributes --gaps {gaps} --resume --config {config}" in " ".join(ran.err.split())
        assert tilth(*words, "--resume").code == 0
        assert server.calls == 3


def test_gaps_that_do_not_fit_are_refused_before_anything_is_asked(tmp_path: Path) -> None:
    gaps = put_gaps(tmp_path / "audit")
    with FakeLLMServer(truthful) as server:
        config = put_project(tmp_path / "p", teacher(server.base_url), ENRICH, count=4)
        with pytest.raises(DataError, match="filled by `tilth coldstart`"):
            Project(config).read_attributes(gaps=gaps, gap_ids=["cold-b"])
        people = config.read_text().replace("[enrich.item.trade]", "[enrich.context.trade]")
        config.write_text(people)
        with pytest.raises(ConfigError, match="no attributes of items"):
            Project(config).read_attributes(gaps=gaps)
        ran = tilth("enrich", "attributes", "--config", config, "--gap", "thin-a")
        assert (ran.code, "say where they are" in ran.err) == (2, True)
        members = pa.table([["thin-a"], ["elsewhere"], pa.array([None], pa.float64())], schema=MEMBER_SCHEMA)
        write_parquet(members, gaps / "gap_members.parquet")
        config.write_text(people.replace("[enrich.context.trade]", "[enrich.item.trade]"))
        with pytest.raises(DataError, match="none of the gaps' items is in the catalog"):
            Project(config).read_attributes(gaps=gaps)
        assert server.calls == 0
