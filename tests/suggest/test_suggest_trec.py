"""A small real log: the sessions of TREC 2013, where every query was sent by hand."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from log_helpers import Typed, mined

from tilth.artifacts.suggester import normal_form
from tilth.data import read_json
from tilth.suggest.config import LogConfig

SESSIONS = 133


def sessions(folder: Path) -> list[Typed]:
    """All searches of all sessions, two hours apart."""
    log = list[Typed]()
    for number, session in enumerate(ElementTree.parse(folder / "sessiontrack2013.xml").getroot().iter("session")):
        for interaction in session.iter("interaction"):
            clicked = [click.findtext("rank") or "" for click in interaction.iter("click")]
            results = sum(1 for _ in interaction.iter("result"))
            at = 7200.0 * number + float(interaction.get("starttime") or 0)
            query = interaction.findtext("query") or ""
            log.append(Typed(None, query, at, clicked, results, session=session.get("num")))
    return log


def test_queries_of_real_sessions_are_whole(tmp_path: Path, data_folder: Path) -> None:
    log = sessions(data_folder / "trec_session")
    found = mined(tmp_path, log, LogConfig(min_users=1, half_life_days=1e6))
    assert found.counts["rows"] == len(log) > 2 * SESSIONS
    # Who sends the same query again within seconds has searched once.
    assert found.counts["half_typed"] <= 0.02 * len(log)
    clicked = {one.query.lower() for one in log if one.clicked}
    table = found.queries.to_pylist()
    assert sum(row["successes"] > 0 for row in table) >= 0.9 * len(clicked)


def test_rewordings_in_real_sessions(tmp_path: Path, data_folder: Path) -> None:
    log = sessions(data_folder / "trec_session")
    found = mined(tmp_path, log, LogConfig(min_users=1))
    following = {(normal_form(a.query), normal_form(b.query)) for a, b in pairwise(log) if a.session == b.session}
    pairs = [(normal_form(row["query"]), normal_form(row["reworded"])) for row in found.reworded.to_pylist()]
    assert len(pairs) >= 20
    assert sum(pair in following for pair in pairs) >= 0.9 * len(pairs)
    # Nobody's privacy holds in a log where each query is one person's: the floor of five leaves next to nothing.
    assert len(mined(tmp_path / "floor", log).queries) <= 5


@pytest.mark.slow
def test_later_sessions_are_typed_into_what_earlier_ones_give(tmp_path: Path, data_folder: Path) -> None:
    script = Path(__file__).parents[2] / "examples" / "trec_sessions" / "run.py"
    command = [sys.executable, str(script), "--data", str(data_folder), "--work", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    found = read_json(tmp_path / "trec_sessions" / "work" / "suggest" / "evaluation.json")
    assert (found["people"], found["clusters"], found["how"]) == ("sessions", 40, "time")
    assert 80 <= found["searches"] <= found["log"]["later"]
    assert found["held_out"]["half_typed"] <= 0.05 * found["log"]["later"]  # each was sent by hand
    by_name = {one["name"]: one["measures"]["mrr"]["3"]["value"] for one in found["variants"]}
    assert by_name["all"] > by_name["title alone"] > by_name["log alone"] > 0
    unseen = next(one["measures"]["searches"] for one in found["slices"] if one["name"] == "unseen")
    assert unseen > 0.8 * found["searches"]  # hardly anybody words a task as another did
