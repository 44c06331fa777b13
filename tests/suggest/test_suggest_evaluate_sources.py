"""What each source adds, on a world small enough to reckon."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from catalog_helpers import catalog, index_of

from tilth.records import Entities
from tilth.stats import Estimate
from tilth.suggest.candidates import candidates
from tilth.suggest.config import FilterConfig, SuggestConfig
from tilth.suggest.evaluate import ALL, Demand, Evaluation, World, evaluate_sources, variants_of
from tilth.suggest.evaluate.verdict import judge
from tilth.suggest.filter import SafetyList

ROWS = [("red lamp", "light")] * 4 + [("red rug", "floor")] * 4 + [("green chair", "garden")] * 4


def world(folder: Path, items: Entities) -> World:
    config = SuggestConfig(filter=FilterConfig(same_results=1.1, match=1.0))
    return World(index_of(folder, items), SafetyList(), config, {})


def demand(searches: dict[str, int]) -> Demand:
    """Each search is of a person of its own."""
    texts = [text for text, times in searches.items() for _ in range(times)]
    forms = [" ".join(sorted(text.split())) for text in texts]
    return Demand(texts, forms, np.arange(len(texts)), np.ones(len(texts), bool), {})


def tables() -> dict[str, pa.Table]:
    log = {"searches": [30], "users": [30], "successes": [30], "popularity": [30.0]}
    return {
        "log": candidates("log", ["red lamp"], log),
        "title": candidates("title", ["red lamp", "red rug"], {"items": [4, 4]}),
        "llm": candidates("llm:writer", ["green chair"], {"item_ids": [["i8"]], "category": ["garden"]}),
    }


@pytest.fixture
def found(tmp_path: Path) -> Evaluation:
    searches = demand({"red lamp": 20, "red rug": 10, "green chair": 5, "blue sofa": 5})
    return evaluate_sources(tables(), searches, world(tmp_path, catalog(ROWS)), tmp_path, people="users", chars=(3, 8))


def test_all_without_and_alone() -> None:
    assert list(variants_of(("log", "title"))) == [
        ("all", ("log", "title")),
        ("without log", ("title",)),
        ("without title", ("log",)),
        ("log alone", ("log",)),
        ("title alone", ("title",)),
    ]
    assert list(variants_of(("log",))) == [("all", ("log",))]


def test_measures_of_all_sources(found: Evaluation) -> None:
    one = found.variants[0]
    assert (one.name, one.suggestions, one.sources) == (ALL, 3, ("log", "title", "llm"))
    measures = one.measures
    assert measures.searches == found.searches == found.clusters == 40
    assert measures.coverage.value == 35 / 40
    assert measures.coverage.low < 35 / 40 < measures.coverage.high
    # After "red" the lamp is first and the rug second; "gre" is the chair; the sofa is nowhere.
    assert measures.mrr[3].value == pytest.approx((20 + 10 / 2 + 5) / 40)
    assert measures.mrr[8].value == pytest.approx(35 / 40)
    assert measures.hit[3].value == 35 / 40
    # One letter and the choice of 8, 7 and 11 letters.
    assert measures.saved.value == pytest.approx((20 * 6 / 8 + 10 * 5 / 7 + 5 * 9 / 11) / 40)
    assert one.never.value == 0
    assert one.exploratory.value == 1


def test_what_is_lost_without_a_source(found: Evaluation) -> None:
    verdicts = {one.source: one for one in found.verdicts}
    title, llm, log = verdicts["title"], verdicts["llm"], verdicts["log"]
    assert title.gain.value == pytest.approx((10 / 2 + 10) / 2 / 40)
    assert (title.said, title.items_only) == ("earns its place", pytest.approx(4 / 12))
    assert llm.gain.value == pytest.approx(5 / 40)
    assert (llm.said, llm.synthetic) == ("earns its place", True)
    assert llm.coverage.value == pytest.approx(5 / 40)
    assert "33.3% of the items are brought back with it alone" in llm.sentence
    # By their prior alone, lamp and rug stand in the order of the alphabet: the log changes nothing.
    assert (log.said, log.gain.value, log.items_only) == ("not enough evidence", 0, 0)
    assert found.explored == Estimate(0, 0, 0)


def test_slices_by_demand_and_category(found: Evaluation) -> None:
    slices = {(one.of, one.name): one.measures for one in found.slices}
    assert {name: measures.searches for name, measures in slices.items()} == {
        ("demand", "head"): 20,
        ("demand", "unseen"): 20,
        ("category", "warm"): 20,
        ("category", "cold"): 15,
        ("category", "no category"): 5,
    }
    assert slices["demand", "head"].coverage.value == 1
    assert slices["category", "cold"].mrr[3].value == pytest.approx((10 / 2 + 5) / 15)


def test_a_source_that_pushes_others_down_costs(tmp_path: Path) -> None:
    some = tables()
    some["title"] = candidates("title", ["red rug"], {"items": [4]})
    some["log"] = candidates("log", ["red lamp"], {"searches": [1], "users": [1], "popularity": [1e6]})
    searches = demand({"red rug": 30})
    found = evaluate_sources(some, searches, world(tmp_path, catalog(ROWS)), tmp_path, people="users", chars=(3,))
    verdicts = {one.source: one for one in found.verdicts}
    assert (verdicts["log"].said, verdicts["log"].gain.value) == ("costs", -0.5)


def test_few_people_settle_nothing_and_reach_is_a_ground_of_its_own() -> None:
    gain, none = Estimate(0.2, 0.1, 0.3), Estimate(0.0, -0.1, 0.1)
    few = judge("title", gain, none, none, items_only=0.5, clusters=19)
    assert (few.said, "only 19" in few.sentence) == ("not enough evidence", True)
    assert judge("title", gain, none, none, items_only=0.0, clusters=20).said == "earns its place"
    assert judge("llm", none, none, none, items_only=0.01, clusters=20).said == "earns its place"
    assert judge("llm", none, none, none, items_only=0.009, clusters=20).said == "not enough evidence"
    assert judge("llm", Estimate(-0.2, -0.3, -0.1), none, none, items_only=0.5, clusters=20).said == "costs"
    assert judge("ranker", none, none, none, items_only=None, clusters=20).said == "not enough evidence"


def test_without_any_candidate_nothing_is_found(tmp_path: Path) -> None:
    searches = demand({"red lamp": 3})
    found = evaluate_sources({}, searches, world(tmp_path, catalog(ROWS)), tmp_path, people="users")
    (one,) = found.variants
    assert (one.suggestions, one.measures.coverage.value, one.never.value) == (0, 0, 1)
    assert found.to_json()["variants"][0]["gini"] == {"value": None, "low": None, "high": None}
