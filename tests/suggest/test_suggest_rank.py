"""A ranker over what a suggester offers."""

from pathlib import Path

import numpy as np
import pytest

from tilth.artifacts.suggester import FEATURES, Ranker, Suggested, Suggester, features
from tilth.errors import ArtifactError, DataError
from tilth.suggest.evaluate import Demand
from tilth.suggest.rank import Replayed, fit_ranker, learn_ranker, replay
from tilth.suggest.sets import counted, normal_form


def test_what_a_ranker_sees() -> None:
    offered = [Suggested("red door", 3.0, "log", ""), Suggested("red lamp shade", 1.0, "title", "", edits=1)]
    X = features("red ", offered, ["title"], [0.0, 2.0])
    first, second = (dict(zip(FEATURES, row, strict=True)) for row in X.tolist())
    assert (first["score"], first["below_best"], first["rank"], first["source"]) == (3, 0, 0, -1)
    assert (second["below_best"], second["rank"], second["source"], second["category"]) == (2, 1, 0, 2)
    assert (second["words"], second["words_left"], second["chars_left"]) == (3, 1, 10)
    assert (second["typed_chars"], second["typed_words"], second["at_word_end"], second["edits"]) == (4, 1, 1, 1)
    assert features("red", [], []).shape == (0, len(FEATURES))


def test_queries_are_typed_again(tmp_path: Path) -> None:
    suggester = Suggester.build(counted({"red door": 5.0, "red lamp": 3.0}, "log"), tmp_path / "suggester")
    found = replay(suggester, ["lamp red", "red lamps"], normal_form, [2, 5, 20])
    assert [one.row for one in found] == [0, 0, 1, 1]  # nothing is longer than the query
    assert [one.wanted.tolist() for one in found[2:]] == [[False, True], [True]]


def made(rng: np.random.Generator, *, telling: bool) -> list[Replayed]:
    """Lists of eight, one of them wanted: the one with the fewest words, if that is `telling`."""
    found = list[Replayed]()
    for row in range(120):
        X = np.zeros((8, len(FEATURES)), dtype=np.float32)
        X[:, FEATURES.index("rank")] = np.arange(8)
        X[:, FEATURES.index("words")] = 1 + rng.permutation(8)
        wanted = X[:, FEATURES.index("words")] == 1 if telling else np.arange(8) == min(rng.geometric(0.5) - 1, 7)
        found.append(Replayed(row, X, wanted))
    return found


def test_a_ranker_that_pays_is_kept() -> None:
    fitted = fit_ranker(made(np.random.default_rng(1), telling=True), ["log"])
    assert fitted.ranker is not None
    assert fitted.gain.low > 0.3
    offered = [Suggested(query, 1.0, "log", "") for query in ("a b c d e f", "a b c", "a")]
    assert fitted.ranker.order("a", offered)[0].query == "a"
    assert fitted.ranker.order("a", offered[:1]) == offered[:1]


def test_a_ranker_that_does_not_pay_is_left_out() -> None:
    fitted = fit_ranker(made(np.random.default_rng(2), telling=False), ["log"])
    assert fitted.ranker is None
    assert fitted.gain.low <= 0


def test_nothing_to_learn_from() -> None:
    with pytest.raises(DataError, match="there are none"):
        fit_ranker([Replayed(0, np.zeros((1, len(FEATURES)), np.float32), np.array([True]))], [])


def test_a_suggester_keeps_its_ranker_when_it_is_updated(tmp_path: Path) -> None:
    fitted = fit_ranker(made(np.random.default_rng(1), telling=True), ["log"])
    queries = counted({"red door white": 9.0, "red lamp": 3.0, "red": 2.0}, "log")
    plain = Suggester.build(queries, tmp_path / "suggester")
    ranked = plain.with_ranker(fitted.ranker)
    assert [one.query for one in plain.complete("re")] == ["red door white", "red lamp", "red"]
    assert [one.query for one in ranked.complete("re")] == ["red", "red lamp", "red door white"]
    assert [one.query for one in ranked.complete("re", 1)] == ["red"]
    assert ranked.complete("re", boosts={"": 1.0})[0].query == "red door white"
    assert ranked.version != plain.version
    again = ranked.update(counted({"red hat": 1.0}, "log"))
    assert again.ranker == fitted.ranker
    assert again.with_ranker(None).complete("re")[0].query == "red door white"


def test_a_damaged_ranker_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "ranker.json"
    for content in (
        b"{}",
        b'{"sources": [], "model": "tree"}',
        b'{"sources": [], "model": "tree\\nend of trees"}',
        b'{"sources": [',
    ):
        path.write_bytes(content)
        with pytest.raises(ArtifactError, match="is no ranker"):
            Ranker.load(path)


def wanted(texts: list[str], clicked: list[bool]) -> Demand:
    """Each search is of a person of its own."""
    forms = [normal_form(text) for text in texts]
    return Demand(texts, forms, np.arange(len(texts)), np.array(clicked, bool), {})


def test_an_order_is_learned_from_what_was_clicked(tmp_path: Path) -> None:
    names = [f"{one}{other}x" for one in "abcdefgh" for other in "abcdefgh"]
    scores = {f"red {name}": 9.0 for name in names} | {f"red {name} lamp": 3.0 for name in names}
    suggester = Suggester.build(counted(scores, "log"), tmp_path / "suggester")
    lamps = [f"red {name} lamp" for name in names]
    fitted = learn_ranker(suggester, wanted([*lamps, *lamps, "red aax"], [True] * 128 + [False]))
    assert fitted.ranker is not None
    assert suggester.with_ranker(fitted.ranker).complete("red aa", 1)[0].query == "red aax lamp"
    with pytest.raises(DataError, match="only 49 queries"):
        learn_ranker(suggester, wanted([*lamps[:49], *lamps[49:]], [True] * 49 + [False] * 15))
