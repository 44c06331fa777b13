"""The search half of the audit as a whole: hand-worked logs, bad logs, replicates."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from search_helpers import WHOLE, audit, catalog, finding, log_table, measure, rows_of, search, value

from tilth.audit import DEFINITIONS, GROUPS, AuditConfig
from tilth.audit.hashes import hash64
from tilth.audit.search.bucket import CountSearches
from tilth.audit.search.catalog import ReadWords
from tilth.audit.search.deal import DealSearches
from tilth.audit.search.queries import AddQueries
from tilth.audit.search.retrieve import FindItems
from tilth.audit.spill import group_of
from tilth.audit.tables import SCHEMAS
from tilth.data import LogPart
from tilth.records import Entities

ITEMS = catalog(
    "red cordless drill",
    "blue cordless drill",
    "garden hose",
    "garden rake",
    "wall paint",
    categories=["tools", "tools", "garden", "garden", "paint"],
)
LOG = [
    search("Cordless Drills", "s1", 0, results=2, clicked=["i0"], shown=["i0", "i1"]),
    search("garden", "s2", 0, results=0, clicked=[]),
    search("garden hose", "s2", 30, results=1, clicked=["i2"], shown=["i2"]),
    search("kayak paddle", "s3", 0, results=0, clicked=[]),
    search("kayak", "s3", 60, results=0, clicked=[]),
    search("cordless drill", "s4", 0, results=2, clicked=[], shown=["i0", "i1"]),
]


@pytest.fixture(scope="module")
def small() -> Any:
    return audit(LOG, ITEMS)


def test_every_measure_is_defined_and_every_table_keeps_its_schema(small: Any) -> None:
    names = [one.name for one in small.measures]
    assert len(names) == len(set(names)) == 10
    assert set(names) <= set(DEFINITIONS)
    assert all(len(one.replicates) in (0, GROUPS) for one in small.measures)
    assert all(table.schema.equals(SCHEMAS[name]) for name, table in small.tables.items())


def test_the_measures_of_a_small_log(small: Any) -> None:
    assert value(small, "head_share") == pytest.approx(1 / 5)  # "cordless drill" makes 2 of 6 searches
    assert value(small, "tail_share") == pytest.approx(2 / 5)
    assert value(small, "zero_result_share") == pytest.approx(3 / 6)
    assert value(small, "zero_click_share") == pytest.approx(4 / 6)
    assert value(small, "reformulation_share") == pytest.approx(2 / 6)
    assert value(small, "abandonment_share") == pytest.approx(2 / 4)
    assert value(small, "misspelled_share") == 0
    # "garden" and the two with "kayak" found nothing in the shop's own search.
    assert value(small, "unmet_share") == pytest.approx(3 / 6)
    assert value(small, "unreached_share") == pytest.approx(1 / 5)
    assert value(small, "unasked_share") == pytest.approx(1 / 5)
    assert [measure(small, name).n for name in ("head_share", "abandonment_share", "unreached_share")] == [5, 4, 5]
    assert all(one.exact for one in small.measures)
    assert small.findings == ()


def test_the_tables_of_a_small_log(small: Any) -> None:
    queries = rows_of(small, "queries", "normal")
    assert list(queries) == ["cordless drill", "garden", "garden hos", "kayak", "kayak paddl"]
    drill, kayak = queries["cordless drill"], queries["kayak"]
    assert (drill["searches"], drill["users"], drill["band"], drill["clicks"], drill["reach"]) == (
        2,
        2,
        "head",
        1,
        "full",
    )
    assert (kayak["reach"], kayak["nearest"], kayak["zero_results"], kayak["unmet"]) == ("none", 0, 1, "kayak")
    assert (queries["garden"]["reformulated"], drill["unmet"]) == (1, None)
    bands = rows_of(small, "query_bands", "band")
    assert [bands[name]["queries"] for name in ("head", "torso", "tail")] == [1, 2, 2]
    assert bands["head"]["zero_click_share"] == 0.5
    unmet = small.tables["unmet"].to_pylist()
    assert [(row["cluster"], row["queries"], row["searches"], row["zero_results"]) for row in unmet] == [
        ("kayak", 2, 2, 2),
        ("garden", 1, 1, 1),
    ]
    assert unmet[0]["examples"] == ["kayak", "kayak paddle"]
    assert [row["best_category"] for row in unmet] == [None, "garden"]
    supply = rows_of(small, "supply", "category")
    assert {name: row["searches"] for name, row in supply.items()} == {"tools": 2, "garden": 1, "paint": 0}
    assert [name for name, row in supply.items() if row["unasked"]] == ["paint"]
    assert small.tables["unreached_items"].to_pylist() == [{"item_id": "i4", "category": "paint"}]
    assert rows_of(small, "reach", "category")["paint"]["unreached_share"] == 1
    tail = small.tables["query_tail"].to_pylist()
    assert [(row["rank"], row["searches"]) for row in tail] == [(1, 2), (2, 1), (3, 1), (4, 1), (5, 1)]
    assert tail[-1]["cumulative_share"] == 1


def random_log(rng: np.random.Generator, searches: int) -> pa.Table:
    queries = ["cordless drill", "drill", "garden hose", "rake", "kayak", "kayak paddle", "wall paint", "red drill"]
    return log_table(
        search(
            queries[int(rng.zipf(1.6) - 1) % len(queries)],
            f"s{rng.integers(120)}",
            float(rng.integers(10_000)),
            results=int(rng.integers(0, 3)),
            clicked=["i0"] * int(rng.integers(0, 2)),
        )
        for _ in range(searches)
    )


def test_a_replicate_is_the_measure_without_a_group() -> None:
    table = random_log(np.random.default_rng(5), 600)
    whole = audit(table, ITEMS)
    groups = group_of(hash64(pc.binary_join_element_wise("session", table["session_id"], " ")))
    for group in (int(groups[0]), int(groups[7])):
        without = audit(table.filter(pa.array(groups != group)), ITEMS)
        for one in whole.measures:
            if one.replicates and one.name != "search.misspelled_share":
                assert one.replicates[group] == pytest.approx(value(without, one.name.removeprefix("search."))), (
                    one.name
                )


def test_the_order_of_the_log_does_not_matter() -> None:
    rng = np.random.default_rng(9)
    table = random_log(rng, 300)
    one, other = audit(table, ITEMS), audit(table.take(pa.array(rng.permutation(len(table)))), ITEMS)
    assert one.measures == other.measures
    assert all(one.value is not None and 0 <= one.value <= 1 for one in one.measures)
    assert all(one.tables[name].equals(other.tables[name]) for name in one.tables)


def test_few_searched_queries_stand_for_all() -> None:
    part = audit(random_log(np.random.default_rng(5), 200), ITEMS, queries_searched=4)
    unmet = measure(part, "unmet_share")
    assert not unmet.exact
    assert unmet.note == "estimated from 4 of 8 distinct queries"
    assert measure(part, "head_share").exact
    assert part.tables["queries"]["nearest"].null_count == 4


@pytest.mark.parametrize("rows", [[], [search("?!")]])
def test_a_log_without_queries_has_no_measures(rows: list[dict[str, Any]]) -> None:
    part = audit(rows, ITEMS)
    of_items = {"search.unreached_share"}
    assert all(one.value is None and one.note for one in part.measures if one.name not in of_items)
    assert value(part, "unreached_share") == 1
    assert all(table.num_rows == 0 for name, table in part.tables.items() if name not in of_the_catalog())


def of_the_catalog() -> set[str]:
    return {"query_bands", "reach", "unreached_items"}


def test_an_empty_catalog_and_a_single_search() -> None:
    part = audit([search("drill", results=1, clicked=["i9"])], catalog())
    assert (value(part, "unmet_share"), value(part, "unreached_share")) == (0, None)  # the click says it was met
    assert value(part, "head_share") == 1
    assert measure(part, "zero_result_share").replicates == ()  # without its group nothing is left
    unknown = finding(part, "unknown_clicked_items")
    assert unknown is not None
    assert (unknown.count, unknown.total, unknown.examples) == (1, 1, ("i9",))


def test_without_times_there_are_no_sessions() -> None:
    part = audit([search("drill", second=None, clicked=[]), search("cordless drill", second=None, clicked=[])], ITEMS)
    for name in ("reformulation_share", "abandonment_share"):
        assert value(part, name) is None
        assert "no times" in measure(part, name).note
    assert value(part, "zero_click_share") == 1
    missing = finding(part, "untimed")
    assert missing is not None
    assert missing.count == 2
    assert part.tables["queries"]["reformulated"].null_count == 2


def test_bad_rows_become_findings() -> None:
    rows = [
        *LOG,
        search("?!", "s5"),
        search("", "s5"),
        search("drill " * 2_000, "s5", 1),
        search("drill", "s5", 400 * 86_400),
        search("hose", "s6", results=0, clicked=["i2"]),
    ] * 3
    part = audit(rows, ITEMS)
    found = {one.name: one.count for one in part.findings if one.name != "unusable_rows"}
    assert found == {"wordless_queries": 3, "future_times": 3, "clicks_without_results": 3}
    unusable = [one for one in part.findings if one.name == "unusable_rows"]
    assert sorted((one.count, one.effect) for one in unusable) == [
        (3, "counted without this value"),
        (3, "left out"),
    ]


def test_a_giant_user_is_found() -> None:
    rows = [search(f"drill {at}", "bot", at * 60) for at in range(1_100)] + LOG
    part = audit(rows, ITEMS)
    bots = finding(part, "giant_user")
    assert bots is not None
    assert (bots.count, bots.examples) == (1_100, ("session bot",))


def test_what_else_is_known_of_an_item_covers_a_query_too() -> None:
    table = catalog("drill").table.append_column("colors", pa.array([["red", "green"]]))
    part = audit([search("green drill")], Entities("item", table.append_column("sold", pa.array([True]))))
    (query,) = part.tables["queries"].to_pylist()
    assert (query["reach"], query["nearest"]) == ("full", 1)


def test_jobs_travel_to_other_processes() -> None:
    config, base = AuditConfig(), Path("/base")
    jobs = (
        DealSearches(WHOLE, (LogPart("log.parquet", (0, 1), 5),), base, base, base / "ids", 7),
        CountSearches(config, (base,), base),
        AddQueries((base,)),
        ReadWords("wanted"),
        FindItems(base, 20),
    )
    assert pickle.loads(pickle.dumps(jobs)) == jobs
