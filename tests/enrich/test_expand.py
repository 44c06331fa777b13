"""Query understanding: categories, attributes and expansions, from a catalog and back from disk."""

import shutil

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tilth.artifacts.understanding import (
    Category,
    CategoryModel,
    Made,
    RulesUsed,
    Understander,
    load_understanding,
    read_understanding_manifest,
    write_understanding,
)
from tilth.enrich.expand import (
    ExpandConfig,
    LabelledQuery,
    build_understander,
    closed_values,
    fit_categories,
    item_categories,
)
from tilth.enrich.expand.build import expansions_of
from tilth.enrich.prove.applying import RuleBook
from tilth.enrich.synonyms import Titles, find_heads
from tilth.errors import ArtifactError
from tilth.records import Entities, Rule

KINDS = {"Laptop": ["notebook pc", "thin notebook", "gaming notebook"], "Lamp": ["desk lamp", "floor lamp", "red lamp"]}


def catalog(times: int = 5) -> Entities:
    rows = [(kind, f"{title} {n}") for kind, titles in KINDS.items() for title in titles for n in range(times)]
    colours = ["dark blue", "red"] * (len(rows) // 2)
    return Entities(
        "item",
        pa.table(
            {
                "id": [str(n) for n in range(len(rows))],
                "title": [title for _, title in rows],
                "text": [""] * len(rows),
                "category": [kind for kind, _ in rows],
                "colour": colours,
                "sku": [f"sku {n}" for n in range(len(rows))],
            }
        ),
    )


RULES = [
    Rule("1", "synonym", "notebook", "laptop", 0.5, "two_way"),
    Rule("2", "expansion", "lamp", "lamp", 0.1, field="type", anchor="end"),
]


@pytest.fixture(scope="module")
def built() -> Understander:
    items = catalog()
    kinds = items.table["category"].to_pylist()
    queries = [("Thin Notebook", 7.0), ("lamp", 3.0)]
    return build_understander(items, kinds, RULES, queries, {}, ExpandConfig(head=1)).understander


def test_naive_bayes_worked_by_hand():
    # Two categories of three one-word titles each: "a" thrice in A, "b" thrice in B; vocabulary {a, b}.
    model = fit_categories(["a"] * 3 + ["b"] * 3, ["A"] * 3 + ["B"] * 3)
    p = model.probabilities("a")
    assert p is not None
    assert model.temperature == 1.0
    assert p[0] / p[1] == pytest.approx((3 + 0.1) / 0.1)
    assert model.probabilities("unheard") is None


def test_a_query_is_understood(built):
    found = built.understand("dark blue notebook")
    assert found.category is not None
    assert (found.category.name, found.category.source, found.source) == (
        "Laptop",
        "model:understanding",
        "model",
    )
    assert found.category.p > 0.5
    assert found.normal == "dark blu notebook"
    assert found.attributes == {"colour": "dark blue"}
    assert [(one.text, one.weight, one.rule_id, one.provenance) for one in found.expansions] == [
        ("laptop", 0.5, "1", "rule:given")
    ]
    assert [one.text for one in built.understand("laptop").expansions] == ["notebook"]


def test_anchored_expansions_and_the_table(built):
    assert [one.field for one in built.understand("red lamp").expansions] == ["type"]
    assert built.understand("lamp shade").expansions == ()
    assert built.understand("thin  NOTEBOOK").source == "lookup"
    assert built.understand("lamp").source == "model"


def test_nothing_known_is_said(built):
    found = built.understand("zzz")
    assert (found.category, found.attributes, found.expansions) == (None, {}, ())


def test_values_of_open_vocabularies_are_left_out():
    assert closed_values(catalog()) == {"dark blu": ("colour", "dark blue"), "red": ("colour", "red")}


def test_it_is_the_same_from_disk(built, tmp_path):
    folder = tmp_path / "understanding"
    made = Made(RulesUsed("proved", "000003", 2), {"human:panel": 4}, [{"source": "human:panel"}], ["a note"])
    first = write_understanding(folder, built, made)
    content = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert write_understanding(folder, built, made) == first  # over the one before
    assert content == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert read_understanding_manifest(folder) == first
    assert write_understanding(tmp_path / "other", built).version != first.version, "other rules, another version"
    shutil.rmtree(tmp_path / "other")
    again = load_understanding(folder)
    for query in ("dark blue notebook", "lamp", "thin notebook", "zzz"):
        assert again.understand(query) == built.understand(query)
    assert {path.name for path in tmp_path.iterdir()} == {"understanding"}


@pytest.mark.parametrize(("name", "content"), [("words.json", b"{}"), ("evidence.npy", b"no"), ("manifest.json", b"[")])
def test_damage_is_said(built, tmp_path, name, content):
    folder = tmp_path / "understanding"
    write_understanding(folder, built)
    (folder / name).write_bytes(content)
    with pytest.raises(ArtifactError, match=r"is damaged|cannot be read"):
        load_understanding(folder)


@pytest.mark.parametrize("starts", [np.zeros(0, np.int64), np.int64(0), np.zeros((2, 2), np.int64)])
def test_arrays_of_another_shape_are_refused(built, tmp_path, starts):
    folder = tmp_path / "understanding"
    write_understanding(folder, built)
    np.save(folder / "starts.npy", starts)
    with pytest.raises(ArtifactError, match="is damaged"):
        load_understanding(folder)


def test_files_that_do_not_belong_together_are_refused(built, tmp_path):
    folder = tmp_path / "understanding"
    write_understanding(folder, built)
    np.save(folder / "columns.npy", np.full_like(built.model.columns, 99))
    with pytest.raises(ArtifactError, match="belong together"):
        load_understanding(folder)
    with pytest.raises(ArtifactError, match="no query understanding"):
        load_understanding(tmp_path / "nowhere")


def test_a_catalog_without_categories_knows_none(tmp_path):
    model = fit_categories(["a lamp"], [""])
    assert isinstance(model, CategoryModel)
    empty = Understander(model, {}, {}, {})
    write_understanding(tmp_path / "u", empty)
    assert load_understanding(tmp_path / "u").understand("lamp").category is None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400))
def test_any_text_is_understood(built, query):
    found = built.understand(query)
    assert found.category is None or 0 <= found.category.p <= 1


def test_megabytes_in_a_catalog_or_a_log_are_left_out():
    long = "red " * 100_000
    items = catalog()
    columns = {name: items.table[name] for name in items.table.column_names}
    columns["colour"] = pa.array([f"({'!' * 300}red)", "blue"] * (len(items) // 2))
    huge = Entities("item", pa.table(columns | {"category": pa.array([long] * len(items))}))
    titles = Titles.of(huge)
    assert long not in item_categories(titles, find_heads(titles))
    kinds = items.table["category"].to_pylist()
    built = build_understander(huge, kinds, [], [(long, 9.0), ("lamp", 1.0)], {}, ExpandConfig()).understander
    assert set(built.table) == {"lamp"}
    assert built.values == {"blu": ("colour", "blue")}


def test_what_cannot_be_written_is_said(built, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match="cannot be written"):
        write_understanding(tmp_path / "file" / "understanding", built)


def test_a_label_says_what_a_frequent_query_means_and_how_sure():
    items = catalog()
    label = LabelledQuery("desk lamp", {"Laptop": 3.0, "Lamp": 1.0}, "human:panel")
    kinds, queries = items.table["category"].to_pylist(), [("Desk  lamp", 2.0), ("red lamp", 1.0)]
    built = build_understander(items, kinds, [], queries, {"desk lamp": label}, ExpandConfig()).understander
    assert built.understand("desk lamp").category == Category("Laptop", 3 / 5, "human:panel")
    assert built.table["desk lamp"].query == "Desk  lamp"
    assert built.understand("red lamp").category == built.categorize("red lamp")


WORDS = st.lists(st.sampled_from(["red", "lamp", "desk", "laptops", "x"]), min_size=1, max_size=6).map(" ".join)
SOME = st.builds(
    Rule,
    st.uuids().map(str),
    st.sampled_from(["synonym", "expansion"]),
    WORDS,
    WORDS,
    st.just(0.5),
    st.sampled_from(["one_way", "two_way"]),
    anchor=st.sampled_from(["anywhere", "end", "whole"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SOME, max_size=5), st.lists(WORDS, min_size=1, max_size=4).map(" ".join))
def test_what_is_served_is_what_was_replayed(rules, query):
    """Proving and serving agree on which rules speak to a query."""
    built = Understander(fit_categories([], []), {}, expansions_of(rules), {})
    applying = RuleBook(rules).applying(query)
    wanted = {(rules[n].rule_id, rules[n].source if turned else rules[n].target) for n, turned in applying}
    assert {(one.rule_id, one.text) for one in built.understand(query).expansions} == wanted


def test_the_end_of_a_query_that_is_cut_is_not_its_end(built):
    assert built.understand("desk " * 31 + "lamp").expansions != ()
    assert built.understand("desk " * 31 + "lamp shade").expansions == ()
    assert built.understand(" " * 995 + "lamp lamps").expansions == ()
