"""Two public query logs, beside plain computations of the same numbers."""

import csv
import gzip
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from search_helpers import START, audit, audit_file, measure, rows_of, search, value

from tilth.artifacts.index import SearchIndex, analyze
from tilth.audit import Part
from tilth.audit.search import normal_form
from tilth.data import SearchSource
from tilth.records import Entities

MAX_BYTES = 20_000_000


def entities(titles: dict[str, str]) -> Entities:
    return Entities("item", pa.table({"id": list(titles), "title": list(titles.values()), "text": [""] * len(titles)}))


def plain_bands(queries: Counter[str]) -> tuple[float, float]:
    """Shares of the queries that are head and tail."""
    made, sizes = 0, [0, 0, 0]
    for count in sorted(queries.values(), reverse=True):
        sizes[min(2, 3 * made // queries.total())] += 1
        made += count
    return sizes[0] / len(queries), sizes[2] / len(queries)


@pytest.fixture(scope="module")
def home_depot(data_folder: Path) -> list[dict[str, str]]:
    path = data_folder / "home_depot" / "pairs.csv.gz"
    if not path.is_file():
        pytest.skip("the home_depot set is not at hand")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["fold"] == "0"]


@pytest.fixture(scope="module")
def home_depot_audit(home_depot: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Part:
    """Each row is a search, with a click where people found the product relevant."""
    base = tmp_path_factory.mktemp("home_depot")
    with (base / "log.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["query", "product_uid", "relevance"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(home_depot)
    source = SearchSource(path="log.csv", query="query", clicked="product_uid", value="relevance", success_from=2.5)
    return audit_file(source, entities({row["product_uid"]: row["title"] for row in home_depot}), base)


def test_home_depot_gives_what_a_log_without_sessions_can(
    home_depot: list[dict[str, str]], home_depot_audit: Part
) -> None:
    queries = Counter(normal_form(row["query"]) for row in home_depot)
    good = sum(float(row["relevance"]) >= 2.5 for row in home_depot)
    head, tail = plain_bands(queries)
    assert value(home_depot_audit, "head_share") == pytest.approx(head)
    assert value(home_depot_audit, "tail_share") == pytest.approx(tail)
    assert value(home_depot_audit, "zero_click_share") == pytest.approx(1 - good / len(home_depot))
    for name in ("zero_result_share", "reformulation_share", "abandonment_share", "unasked_share"):
        assert value(home_depot_audit, name) is None
        assert measure(home_depot_audit, name).note
    table = rows_of(home_depot_audit, "queries", "normal")
    assert {name: row["searches"] for name, row in table.items()} == queries
    found = Counter(normal_form(row["query"]) for row in home_depot if float(row["relevance"]) >= 2.5)
    assert all(row["clicks"] == found[name] for name, row in table.items())


def test_home_depot_held_against_its_catalog(
    home_depot: list[dict[str, str]], home_depot_audit: Part, tmp_path: Path
) -> None:
    titles = {row["product_uid"]: row["title"] for row in home_depot}
    index = SearchIndex.build(entities(titles), tmp_path / "index")
    with_word = Counter(word for title in titles.values() for word in set(analyze(title)))
    weight = defaultdict(lambda: np.log1p((len(titles) + 0.5) / 0.5))
    weight |= {word: np.log1p((len(titles) - n + 0.5) / (n + 0.5)) for word, n in with_word.items()}
    reached = {row["product_uid"] for row in home_depot if float(row["relevance"]) >= 2.5}
    queries = rows_of(home_depot_audit, "queries", "normal")
    unmet = 0
    for row in queries.values():
        words = set(row["normal"].split())
        hits = index.search(row["query"], 20).ids
        total = sum(weight[word] for word in words)
        nearest = max(
            (sum(weight[word] for word in words & set(analyze(titles[one]))) / total for one in hits), default=0
        )
        assert row["nearest"] == pytest.approx(nearest)
        unmet += row["searches"] * (nearest < 0.5 and 2 * row["clicks"] <= row["searches"])
        reached |= set(hits)
    assert value(home_depot_audit, "unmet_share") == pytest.approx(unmet / len(home_depot))
    assert value(home_depot_audit, "unreached_share") == pytest.approx(1 - len(reached) / len(titles))
    clusters = home_depot_audit.tables["unmet"].to_pylist()
    assert sum(row["searches"] for row in clusters) == unmet
    assert Counter(row["unmet"] for row in queries.values() if row["unmet"])[clusters[0]["cluster"]] > 0


def test_words_that_are_flagged_on_home_depot_are_mostly_misspelled(home_depot_audit: Part, data_folder: Path) -> None:
    """Beside what a web search engine corrected, which misses some and mends more than words."""
    with (data_folder / "home_depot" / "spelling.tsv").open(encoding="utf-8", newline="") as file:
        pairs = [
            (normal_form(row["query"]), normal_form(row["corrected"])) for row in csv.DictReader(file, delimiter="\t")
        ]
    wrong = {query for query, corrected in pairs if query != corrected}
    flagged = {row["normal"] for row in home_depot_audit.tables["queries"].to_pylist() if row["likely_misspelled"]}
    assert len(flagged) > 20
    assert len(flagged & wrong) / len(flagged) > 0.6


def trec_searches(root: ET.Element) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for session in root.iter("session"):
        for one in session.iter("interaction"):
            shown = {result.get("rank"): result.findtext("clueweb12id") for result in one.iter("result")}
            clicked = [shown[click.findtext("rank")] for click in one.iter("click")]
            row = search(
                one.findtext("query") or "",
                session.get("num"),
                float(one.get("starttime") or 0),
                results=len(shown),
                shown=list(shown.values()),
                clicked=clicked,
            )
            out.append(row)
    return out


def plainly_similar(one: str, other: str) -> bool:
    """Words shared, or the beginning of each other; typing errors are rare enough in this log to be told apart."""
    words = sorted((set(one.split()) - {"the", "of", "in", "and", "to", "for"} for one in (one, other)), key=len)
    return 2 * len(words[0] & words[1]) >= len(words[0]) > 0 or one.startswith(other) or other.startswith(one)


def test_trec_sessions_beside_a_plain_walk_through_them(data_folder: Path) -> None:
    path = data_folder / "trec_session" / "sessiontrack2013.xml"
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        pytest.skip("the TREC session log is not at hand")
    root = ET.parse(path).getroot()
    titles = {result.findtext("clueweb12id") or "": result.findtext("title") or "" for result in root.iter("result")}
    rows = trec_searches(root)
    part = audit(rows, entities(titles))

    sessions = defaultdict[str, list[dict[str, Any]]](list)
    for row in rows:
        sessions[row["session_id"]].append(row)
    again = sum(
        normal_form(one["query"]) != normal_form(other["query"])
        and other["ts"] - one["ts"] <= timedelta(minutes=5)
        and plainly_similar(normal_form(one["query"]), normal_form(other["query"]))
        for session in sessions.values()
        for one, other in pairwise(session)
    )
    assert (len(sessions), len(rows), rows[0]["ts"] >= START) == (133, 401, True)
    assert value(part, "zero_result_share") == pytest.approx(sum(not row["shown"] for row in rows) / len(rows))
    assert value(part, "zero_click_share") == pytest.approx(sum(not row["clicked"] for row in rows) / len(rows))
    ends = [session[-1] for session in sessions.values()]
    assert value(part, "abandonment_share") == pytest.approx(sum(not row["clicked"] for row in ends) / len(ends))
    assert value(part, "reformulation_share") == pytest.approx(again / len(rows), abs=0.02)
    assert plain_bands(Counter(normal_form(row["query"]) for row in rows)) == pytest.approx(
        (value(part, "head_share"), value(part, "tail_share"))
    )
    # Everything in this catalog was shown by some search.
    assert value(part, "unreached_share") == 0
    assert all(len(one.replicates) == 32 for one in part.measures if one.value is not None)
