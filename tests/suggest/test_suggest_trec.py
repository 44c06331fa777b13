"""A small real log: the sessions of TREC 2013, where every query was sent by hand."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from log_helpers import Typed, mined

from tilth.suggest.config import LogConfig
from tilth.suggest.normal import normal_form

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
