"""Query understanding: categories, attributes and expansions, from a catalog and back from disk."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tilth.artifacts.understanding import CategoryModel, Understander, load_understanding, write_understanding
from tilth.enrich.expand import build_understander, closed_values, fit_categories
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
    return build_understander(items, [""] * len(items), RULES, {"Thin Notebook": 7, "lamp": 3}, head=1)


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
    assert (found.category, found.source) == ("Laptop", "model")
    assert found.p is not None
    assert found.p > 0.5
    assert found.attributes == {"colour": "dark blue"}
    assert [(one.text, one.weight) for one in found.expansions] == [("laptop", 0.5)]
    assert [one.text for one in built.understand("laptop").expansions] == ["notebook"]


def test_anchored_expansions_and_the_table(built):
    assert [one.field for one in built.understand("red lamp").expansions] == ["type"]
    assert built.understand("lamp shade").expansions == ()
    assert built.understand("thin  NOTEBOOK").source == "table"
    assert built.understand("lamp").source == "model"


def test_nothing_known_is_said(built):
    found = built.understand("zzz")
    assert (found.category, found.p, found.attributes, found.expansions) == (None, None, {}, ())


def test_values_of_open_vocabularies_are_left_out():
    assert closed_values(catalog()) == {"dark blu": ("colour", "dark blue"), "red": ("colour", "red")}


def test_it_is_the_same_from_disk(built, tmp_path):
    folder = tmp_path / "understanding"
    write_understanding(folder, built)
    write_understanding(folder, built)  # over the one before
    again = load_understanding(folder)
    for query in ("dark blue notebook", "lamp", "thin notebook", "zzz"):
        assert again.understand(query) == built.understand(query)
    assert {path.name for path in tmp_path.iterdir()} == {"understanding"}


@pytest.mark.parametrize(("name", "content"), [("words.json", b"{}"), ("evidence.npy", b"no"), ("manifest.json", b"[")])
def test_damage_is_said(built, tmp_path, name, content):
    folder = tmp_path / "understanding"
    write_understanding(folder, built)
    (folder / name).write_bytes(content)
    with pytest.raises(ArtifactError, match="damaged"):
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
    assert found.p is None or 0 <= found.p <= 1
