"""The student: features by hand, explanations, and what is stored."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from student_world import entities, fitted, make_world

from tilth.artifacts.student import Comparison, FeatureConfig, Featurizer, Student, derive_comparisons
from tilth.errors import ArtifactError, ConfigError, MissingExtraError
from tilth.records import Attributes

ROW = np.array([0])


def features(query: str, title: str, config: FeatureConfig | None = None) -> dict[str, float]:
    contexts, items = entities("context", [query]), entities("item", [title, "oak shelf", "wall clock"])
    featurizer = Featurizer.fit(config or FeatureConfig(lsa_dims=2, correct_spelling=False), contexts, items)
    X = featurizer.transform(featurizer.prepare(contexts, items), ROW, ROW)
    return {name.split(":")[0]: float(value) for name, value in zip(featurizer.names, X[0], strict=True)}


def test_lexical_features_by_hand() -> None:
    found = features("red lamp shade 5 gal", "Lamp shades in red, 2 gallons")
    assert found["context_share"] == pytest.approx(4 / 5)  # red, lamp, shade, gallon
    assert found["context_missing"] == 1  # 5
    assert found["item_share"] == pytest.approx(4 / 6)  # lamp shade in red 2 gallon
    assert found["phrase_share"] == pytest.approx(1 / 4)  # "lamp shade"
    assert found["numbers_found"] == 0
    assert found["measures_conflict"] == 1  # 5 gallon against 2 gallon
    assert found["heads_equal"] == 1
    assert found["mean_place"] == pytest.approx((0 + 1 + 3 + 5) / 4 / 6)


def test_characters_see_a_typo_that_words_do_not() -> None:
    found = features("lampp", "lamp")
    assert found["context_share"] == 0
    assert found["char_context_share"] > 0.2


def test_a_compound_meets_its_two_words() -> None:
    contexts = entities("context", ["deck over", "deckover paint", "deck over"])
    items = entities("item", ["DeckOver coating", "wall paint"])
    featurizer = Featurizer.fit(FeatureConfig(lsa_dims=2), contexts, items)
    X = featurizer.transform(featurizer.prepare(contexts, items), ROW, ROW)
    assert X[0, featurizer.names.index("context_share: all, all")] == 1


def test_a_typo_is_mended_against_the_catalog() -> None:
    contexts, items = entities("context", ["convecton oven"]), entities("item", ["convection oven", "wall clock"])
    featurizer = Featurizer.fit(FeatureConfig(lsa_dims=2), contexts, items)
    X = featurizer.transform(featurizer.prepare(contexts, items), ROW, ROW)
    values = dict(zip(featurizer.names, X[0], strict=True))
    assert values["context_share: all, all"] == 1
    assert 0.5 < values["trust: all, all"] < 1


def test_a_pair_does_not_depend_on_the_others_nor_on_threads() -> None:
    contexts, items, ca, ia, _, _, c_rows, i_rows = make_world()
    student = fitted().student
    prepared = student.prepare(contexts, items, ca, ia)
    together = student.raw_scores(prepared, c_rows, i_rows)
    many = np.tile(np.arange(len(c_rows)), 60)  # more than one chunk
    assert np.array_equal(
        student.raw_scores(prepared, c_rows[many], i_rows[many], threads=2)[: len(together)], together
    )
    alone = student.prepare(contexts.take(ROW), items.take(i_rows[:1]), ca, ia)
    assert student.raw_scores(alone, ROW, ROW)[0] == together[0]


@pytest.mark.parametrize("model", ["trees", "linear", "blend"])
def test_contributions_add_up_to_the_score(model: str) -> None:
    contexts, items, ca, ia, _, _, c_rows, i_rows = make_world()
    student = fitted(candidates=(model,)).student
    prepared = student.prepare(contexts, items, ca, ia)
    X = student.features(prepared, c_rows, i_rows)
    total = student.contributions(X).sum(axis=1) + student.model.bias
    assert np.allclose(total, student.raw_scores(prepared, c_rows, i_rows), atol=1e-9)
    top = student.top_reasons(X, 2)
    assert top.shape == (len(X), 2)
    assert len(student.phrases) == X.shape[1]
    worst = int(student.model.raw_scores(X).argmax())
    assert student.reason(int(top[worst, 0]), X[worst], prepared, int(c_rows[worst]), int(i_rows[worst]))


@pytest.mark.parametrize("model", ["trees", "linear", "blend"])
def test_a_loaded_student_scores_the_same(tmp_path: Path, model: str) -> None:
    contexts, items, ca, ia, _, _, c_rows, i_rows = make_world()
    student = replace(fitted(candidates=(model,)).student, extra={"threshold": 0.5})
    student.save(tmp_path)
    loaded = Student.load(tmp_path)
    assert loaded.extra == {"threshold": 0.5}
    before = student.raw_scores(student.prepare(contexts, items, ca, ia), c_rows, i_rows)
    after = loaded.raw_scores(loaded.prepare(contexts, items, ca, ia), c_rows, i_rows)
    assert np.allclose(before, after, atol=1e-9)


def test_every_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    student = fitted(candidates=("trees",)).student
    student.save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for damaged in (None, whole[: len(whole) // 2]):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            with pytest.raises(ArtifactError, match=path.name):
                Student.load(tmp_path)
            path.write_bytes(whole)


def test_another_version_is_refused(tmp_path: Path) -> None:
    fitted(candidates=("linear",)).student.save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "version": 99}))
    with pytest.raises(ArtifactError, match="version 99"):
        Student.load(tmp_path)


def compare(kind: str, left: list[object], right: list[object], order: tuple[str, ...] = ()) -> list[float]:
    contexts, items = entities("context", ["x"] * len(left)), entities("item", ["y z"] * len(right))
    ca = Attributes("context", pa.table({"id": contexts.ids, "a": left}))
    ia = Attributes("item", pa.table({"id": items.ids, "b": right}))
    config = FeatureConfig(groups=("attributes",), lsa_dims=1, comparisons=(Comparison("a", "b", kind, order),))  # type: ignore[arg-type]
    featurizer = Featurizer.fit(config, contexts, items, None, ca, ia)
    rows = np.arange(len(left))
    return featurizer.transform(featurizer.prepare(contexts, items, ca, ia), rows, rows)[:, 0].tolist()


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        ("equal", ["Boston", "Reno", None], ["boston", "Boston", "Reno"], [1, 0, np.nan]),
        ("contains", [["a", "b"], [], ["c"]], ["b", "b", None], [1, 0, np.nan]),
        ("overlap", [["a", "b"], ["a"], None], [["a", "c"], ["x"], ["x"]], [0.5, 0, np.nan]),
        ("difference", [63000, 5, None], [60000, 7, 1], [3000, -2, np.nan]),
        ("ratio", [50.0, 0.0, 4.0], [25.0, 1.0, None], [0.5, np.nan, np.nan]),
        ("ordinal", ["junior", "senior", "other"], ["senior", "senior", "junior"], [-2, 0, np.nan]),
        ("similarity", ["line cook", "nurse", "nurse"], ["line cook", "xyz", "nurse"], [1, 0, 1]),
        ("cross", [True, False, True, False, None], ["n", "s", "s", "n", "n"], [2, 1, 3, 0, np.nan]),
    ],
)
def test_comparisons_by_hand(kind: str, left: list[object], right: list[object], expected: list[float]) -> None:
    found = compare(kind, left, right, ("junior", "mid", "senior"))
    assert np.allclose(found, expected, equal_nan=True)


def test_comparisons_are_derived_from_types_names_and_values() -> None:
    city = ["Boston", "Reno"]
    contexts = pa.table(
        {"city": city, "min_pay": [50, 70], "licences": [["RN"], ["CDL"]], "level": ["junior", "senior"]}
    )
    items = pa.table(
        {"city": city, "pay": [60, 80], "licence": ["RN", None], "level": ["mid", "senior"], "remote": [True, False]}
    )
    found = {(one.context_attribute, one.item_attribute, one.kind) for one in derive_comparisons(contexts, items)}
    assert found >= {
        ("city", "city", "equal"),
        ("city", "city", "cross"),
        ("min_pay", "pay", "ratio"),
        ("licences", "licence", "contains"),
        ("level", "level", "ordinal"),
        ("", "remote", "item"),
    }
    assert ("city", "level", "equal") not in found


def test_an_attribute_that_is_not_there_is_a_configuration_error() -> None:
    contexts, items = entities("context", ["x"]), entities("item", ["y"])
    with pytest.raises(ConfigError, match="no attribute 'pay'"):
        Featurizer.fit(FeatureConfig(comparisons=(Comparison("pay", "pay", "ratio"),)), contexts, items)


def test_an_encoder_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    from tilth.artifacts.student.encoder import encode_texts

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"tilth\[encoder\]"):
        encode_texts("no-such-model", ["a"])


@pytest.mark.parametrize("model", ["trees", "linear", "blend"])
def test_one_pass_gives_the_scores_and_contributions_of_two(model: str) -> None:
    contexts, items, ca, ia, _, _, c_rows, i_rows = make_world()
    student = fitted(candidates=(model,)).student
    X = student.features(student.prepare(contexts, items, ca, ia), c_rows, i_rows)
    evaluation, chosen = student.model.evaluate(X), np.array([5, 0, 17])
    assert np.array_equal(evaluation.raw, student.model.raw_scores(X))
    exact = student.contributions(X[chosen])
    assert np.allclose(evaluation.contributions(chosen), exact, rtol=0, atol=2e-6 * np.abs(exact).max())


def test_a_request_of_one_context_scores_as_in_a_file_of_many() -> None:
    contexts, items, ca, ia, _, _, c_rows, i_rows = make_world()
    student = fitted().student
    prepared = student.prepare(contexts, items, ca, ia)
    together = student.raw_scores(prepared, c_rows, i_rows)
    for context in (0, 7, 39):
        asked = c_rows == context
        assert np.array_equal(student.raw_scores(prepared, c_rows[asked], i_rows[asked]), together[asked])
