"""The miners of logs on a small real one: the sessions of TREC 2013, topics of which several people searched for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from tilth.enrich.synonyms import thin_queries
from tilth.enrich.synonyms.log import LogSettings, coclicked, reformulated
from tilth.records import SEARCH_SCHEMA, Searches

START = datetime(2013, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def log(data_folder: Path) -> list[Searches]:
    rows = list[dict[str, Any]]()
    for session in ElementTree.parse(data_folder / "trec_session" / "sessiontrack2013.xml").getroot().iter("session"):
        for one in session.iter("interaction"):
            shown = {result.get("rank"): result.findtext("clueweb12id") or "" for result in one.iter("result")}
            clicked = [shown[rank] for click in one.iter("click") if (rank := click.findtext("rank")) in shown]
            at = START + timedelta(seconds=float(one.get("starttime") or 0))
            row = {"session_id": session.get("num"), "query": one.findtext("query") or "", "ts": at}
            rows.append(row | {"results": len(shown), "clicked": clicked})
    return [Searches(pa.Table.from_pylist(rows, schema=SEARCH_SCHEMA))]


def test_clicks_of_several_people_bring_other_names_and_much_besides(log):
    found = coclicked(log, LogSettings(users=2))
    pairs = {one.key for one in found}
    assert {("general schedule", "gs"), ("employee evaluation", "evaluating employees")} <= pairs
    assert ("define", "official website") in pairs, "a pair that only a verdict tells from a synonym"
    assert len(found) == 36


def test_what_failed_and_was_typed_anew_is_mostly_mistakes_of_one_person(log):
    found = {(one.source, one.target) for one in reformulated(log, LogSettings(users=1))}
    assert {("maijuana", "marijuana"), ("assement", "evaluation")} <= found
    assert len(found) == 33
    assert reformulated(log, LogSettings(users=2)) == [], "no two people mended a query alike"


def test_addresses_are_what_found_nothing(log):
    found = thin_queries(log, users=1)
    assert [one.query for one in found if one.why == "zero_results"] == ["churchilldowns com", "maps bing com"]
    assert thin_queries(log, users=2) == []
