"""The embedded search index: BM25, texts that are never syntax, updates, damage."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tilth.artifacts.index import Boost, IndexConfig, SearchIndex, analyze
from tilth.errors import ArtifactError, ConfigError
from tilth.records import Entities

TITLES = {
    "j1": "Steel angle bracket",
    "j2": "Wooden shelf brackets",
    "j3": "Steel shelf",
    "j4": "Café chair",
    "j5": "東京タワー guide",
}


def items_of(titles: dict[str, str], **columns) -> Entities:
    fixed = {"id": list(titles), "title": list(titles.values()), "text": [""] * len(titles)}
    return Entities("item", pa.table({**fixed, **columns}))


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    return SearchIndex.build(items_of(TITLES), tmp_path_factory.mktemp("index") / "here")


def test_terms_are_folded_stemmed_and_ideographs_come_in_pairs():
    assert analyze("Café BRACKETS 1-1/2 in.") == ["caf", "bracket", "1.5", "inch"]
    assert analyze("Brackets", stemmed=False) == ["brackets"]
    assert analyze("東京タワー") == ["東京", "京タ", "タワ", "ワー"]
    assert analyze("a東b") == ["a", "東", "b"]
    assert analyze("!?") == []


def test_items_are_found_by_their_very_title(tmp_path):
    crowd = {f"c{n}": f"steel shelf steel shelf number {n}" for n in range(50)}
    index = SearchIndex.build(items_of(crowd | TITLES | {"j6": "steel, SHELF!"}), tmp_path / "x")
    assert index.titled("Steel shelf").ids == ("j3", "j6")
    assert index.titled("steel  shelf", 1).ids == ("j3",)
    assert index.titled("cafe\u0301 CHAIR").ids == ("j4",)
    assert index.titled("東京タワー guide").ids == ("j5",)
    for nothing in ("shelf steel", "steel", "steel shelves", "", "!?", "x" * 100_000):
        assert len(index.titled(nothing)) == 0
    changed = index.update(items_of({"j3": "Iron shelf"}), removed=["j6"])
    assert (changed.titled("steel shelf").ids, changed.titled("iron shelf").ids) == ((), ("j3",))


def test_the_score_is_bm25(tmp_path):
    """Worked by hand: one field, weight 1, so the score is idf * tf * (k1 + 1) / (tf + k1 (1 - b + b dl / avgdl))."""
    index = SearchIndex.build(
        items_of({"a": "red red lamp", "b": "red shoe", "c": "blue lamp shade now"}),
        tmp_path / "x",
        config=IndexConfig(title=1, tie=1, stem=False),
    )
    hits = index.search("red", 5)
    assert hits.ids == ("a", "b")
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    norm = {length: 1.2 * (1 - 0.75 + 0.75 * length / 3) for length in (2, 3)}
    wanted = [idf * 2 * 2.2 / (2 + norm[3]), idf * 1 * 2.2 / (1 + norm[2])]
    assert hits.scores.tolist() == pytest.approx(wanted, rel=1e-5)


def test_every_form_of_a_word_is_found(index):
    assert set(index.search("bracket").ids) == {"j1", "j2"}
    assert index.search("steel shelf").ids[0] == "j3"
    assert index.search("CAFE").ids == ("j4",)
    assert index.search("京タワ").ids == ("j5",)
    assert index.search("steel shelf", at_least=2).ids == ("j3",)
    assert index.document_frequency("steel") == 2


@pytest.mark.parametrize("query", ["", "  ", "!!!", 'title:steel AND "', "id:j1", "*", "steel~2 -shelf", "\x00"])
def test_no_text_is_syntax(index, query):
    assert set(index.search(query).ids) <= set(TITLES)


def test_a_minus_excludes_nothing(index):
    assert "j3" in index.search("steel -shelf").ids


def test_an_expansion_brings_what_the_words_do_not(index):
    assert index.search("seat").ids == ()
    assert index.search("seat", expansions={"seat": [("chair", 0.5)]}).ids == ("j4",)
    assert index.search("seat", expansions={"seat": [("angle bracket", 1)]}).ids == ("j1",)
    weak, strong = (index.search("seat", expansions={"seat": [("chair", weight)]}).scores[0] for weight in (0.5, 1.0))
    assert weak == pytest.approx(strong / 2)
    assert index.search("stool", expansions={"bar stool": [("chair", 1.0)]}).ids == ()
    assert index.search("bar stool", expansions={"bar stool": [("chair", 1.0)]}).ids == ("j4",)


def test_a_boost_moves_up_and_brings_nothing(index):
    assert index.search("shelf").ids == ("j3", "j2")
    assert index.search("shelf", boosts=[Boost("wooden", 2)]).ids == ("j2", "j3")
    assert index.search("shelf", boosts=[Boost("chair", 5), Boost("", 1), Boost("steel", 1, "nowhere")]).ids == (
        "j3",
        "j2",
    )
    assert index.search("shelf", boosts=[Boost("wooden", 2, "title")]).ids == ("j2", "j3")


def test_many_searches_give_what_single_ones_give(index):
    queries = ["steel", "shelf", "nothing", "cafe chair"] * 10
    for query, hits in zip(queries, index.search_many(queries, 3), strict=True):
        alone = index.search(query, 3)
        assert hits.ids == alone.ids
        assert np.array_equal(hits.scores, alone.scores)


def test_equal_scores_come_in_the_order_of_the_rows(tmp_path):
    index = SearchIndex.build(items_of({f"i{n}": "same words" for n in range(5)}), tmp_path / "x")
    assert index.search("same", 3).rows.tolist() == [0, 1, 2]


def test_items_are_added_replaced_and_removed(tmp_path):
    folder = tmp_path / "x"
    before = SearchIndex.build(items_of(TITLES), folder)
    after = before.update(items_of({"j6": "Purple lamp", "j3": "Iron shelf"}), removed=["j1"])
    for index in (after, SearchIndex.open(folder)):
        assert len(index) == 5
        assert index.search("purple").rows.tolist() == [5]
        assert index.search("iron").ids == ("j3",)
        assert index.search("steel").ids == ()
        assert index.items["title"].to_pylist()[2] == "Iron shelf"
    assert before.search("angle").ids == ("j1",)


def test_attributes_are_searched(tmp_path):
    items = items_of({"a": "Phone", "b": "Phone"}, category=["Audio", "Video"], color=["teal", None], wifi=[True, None])
    index = SearchIndex.build(items, tmp_path / "x")
    assert index.search("teal").ids == ("a",)
    assert index.search("video phone").ids[0] == "b"
    assert index.search("true").ids == ()


def test_a_type_moves_up_what_is_the_thing(tmp_path):
    items = items_of({"a": "Laptop lock", "b": "Laptop"}, type=["lock", "laptop"])
    index = SearchIndex.build(items, tmp_path / "x")
    plain = index.search("laptop lock")
    assert plain.ids == ("a", "b")
    assert index.search("laptop lock", boosts=[Boost("laptop", 50, "type")]).ids == ("b", "a")
    assert index.search("laptop lock", boosts=[Boost("desktop", 50, "type")]).scores.tolist() == plain.scores.tolist()


def test_a_long_query_is_searched_by_its_beginning(index):
    assert index.search("steel " + "x" * 100_000).ids == index.search("steel").ids
    assert len(index.search(" ".join(f"word{n}" for n in range(5000)) + " steel")) == 0


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_text_can_be_searched_for(index, query):
    hits = index.search(query, 3)
    assert len(hits) <= 3
    assert sorted(hits.scores, reverse=True) == hits.scores.tolist()


def test_what_cannot_be_used_is_said(tmp_path):
    with pytest.raises(ArtifactError, match="there is no index"):
        SearchIndex.open(tmp_path)
    folder = tmp_path / "x"
    SearchIndex.build(items_of(TITLES), folder)
    with pytest.raises(ArtifactError, match="is not empty"):
        SearchIndex.build(items_of(TITLES), folder)
    (folder / "items.arrow").write_bytes(b"no")
    with pytest.raises(ArtifactError, match="is damaged"):
        SearchIndex.open(folder)
    (folder / "manifest.json").write_bytes(b"{}")
    with pytest.raises(ArtifactError, match="manifest"):
        SearchIndex.open(folder)
    with pytest.raises(ConfigError, match="tie"):
        SearchIndex.build(items_of(TITLES), tmp_path / "y", config=IndexConfig(tie=2))
    with pytest.raises(ConfigError, match="at least one field"):
        SearchIndex.build(
            items_of(TITLES), tmp_path / "y", config=IndexConfig(title=0, text=0, category=0, attributes=0, type=0)
        )


def test_an_empty_catalog_is_an_index_too(tmp_path):
    index = SearchIndex.build(items_of({}), tmp_path / "x")
    assert len(index) == 0
    assert index.search("steel").ids == ()
