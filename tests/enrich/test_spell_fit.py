"""Threshold and weights from pairs of queries as typed and as wanted."""

import math

import lightgbm as lgb
import numpy as np
import pytest
from spell_world import QUERIES, TEXTS, speller

from tilth.artifacts.speller import Weights
from tilth.artifacts.speller.forest import Forest, no_trees
from tilth.enrich.spell import Model, SpellConfig, fit_threshold, fit_weights, mistakes_of, train, with_fit
from tilth.enrich.spell.fit import MIN_FOR_TREES, consider, fit_model, fold_of, rescored, same, threshold_of
from tilth.enrich.spell.train import Corpus, fit
from tilth.enrich.spell.trees import ROUNDS, SETTINGS, fit_forest
from tilth.errors import DataError

SPELLER = speller()
WORDS = ("stainless", "faucet", "laminate", "flooring", "garden", "toilet", "ceiling", "makita", "hampton", "kitchen")


def typos(word: str) -> list[str]:
    """The word with two neighbours swapped, in three places."""
    return [word[:k] + word[k + 1] + word[k] + word[k + 2 :] for k in (1, 2, 3)]


TYPOS = [(typo, word) for word in WORDS for typo in typos(word) if typo != word]
CLEAN = [(text, text) for text, _ in TEXTS] + [
    (f"{text} {word}", f"{text} {word}") for text, _ in TEXTS for word in WORDS
]
ODD = [(word, word) for word in ("tablo", "ganden", "oaks", "coverr", "drillo", "whites", "greens", "lampo")]


def test_which_words_became_which() -> None:
    found = mistakes_of(
        [("red tiolet seat", "red toilet seat"), ("dry wall", "drywall"), ("a lightbulb", "a light bulb")]
    )
    assert found.times == {
        "red": {"red": 1.0},
        "tiolet": {"toilet": 1.0},
        "seat": {"seat": 1.0},
        "dry wall": {"drywall": 1.0},
        "a": {"a": 1.0},
        "lightbulb": {"light bulb": 1.0},
    }
    assert found.seen("tiolet", "toilet") == math.log(2)
    assert (found.meant("red"), found.meant("tiolet"), found.meant("x")) == ([], ["toilet"], [])


def test_the_threshold_keeps_false_corrections_within_what_is_allowed() -> None:
    pairs = [*TYPOS, *CLEAN, *ODD]
    loose, strict = (fit_threshold(SPELLER, pairs, rate) for rate in (0.1, 0.01))
    assert strict.threshold > loose.threshold
    assert strict.false_corrections.value <= 0.01 < loose.false_corrections.value <= 0.1
    assert strict.accuracy.value <= loose.accuracy.value
    assert loose.accuracy.low < loose.accuracy.value <= loose.accuracy.high


def test_where_no_clean_query_has_a_change_the_threshold_is_even_odds() -> None:
    found = fit_threshold(SPELLER, [("garden", "garden"), ("tiolet seat", "toilet seat")], 0.03)
    assert (found.threshold, found.false_corrections.value, found.accuracy.value) == (0.0, 0.0, 1.0)


def test_a_threshold_needs_queries_that_are_right_and_a_share() -> None:
    with pytest.raises(DataError, match="queries without a mistake"):
        fit_threshold(SPELLER, TYPOS, 0.03)
    with pytest.raises(DataError, match="between 0 and 1"):
        fit_threshold(SPELLER, CLEAN, 0.0)


def test_weights_are_learned_from_what_was_wanted() -> None:
    considered = consider(SPELLER, [*TYPOS, *CLEAN, *ODD])
    weights = fit_weights(considered)
    margins = {wanted: [] for wanted in (True, False)}  # type: ignore[var-annotated]
    for one in rescored(considered, Model(weights, no_trees())):
        for change in one.changes:
            margins[not one.clean].append(change.margin)
    assert min(margins[True]) > sum(margins[False]) / len(margins[False])
    assert rescored(considered, Model(SPELLER.settings.weights, no_trees()))[0].changes[0].margin == pytest.approx(
        considered[0].changes[0].margin
    )
    with pytest.raises(DataError, match="give more pairs"):
        fit_weights(consider(SPELLER, CLEAN))


def test_no_fold_is_seen_by_the_speller_that_corrects_it() -> None:
    pairs = [*TYPOS, *CLEAN]
    corpus = Corpus(TEXTS, [(typed, 3.0) for typed, _ in pairs], pairs, SpellConfig(), 5)
    for fold in range(5):
        without = corpus.speller([fold])
        for typed, wanted in corpus.pairs[fold]:
            if typed != wanted:
                assert without.lexicon.find(typed) == -1
                assert without.tables.mistakes.meant(typed) == []
    assert corpus.speller().tables.mistakes.meant("tiolet") == ["toilet"]


def test_training_fits_what_it_reports_out_of_fold() -> None:
    pairs = [*TYPOS, *CLEAN, *ODD]
    speller, fitted = train(TEXTS, QUERIES, pairs, SpellConfig(folds=3, max_false_corrections=0.05))
    assert fitted.false_corrections.value <= 0.05
    assert fitted.accuracy.value > 0.8
    assert speller.settings.weights == fitted.model.weights != Weights()
    assert speller.settings.threshold == fitted.threshold
    assert speller.correct("tiolet seat").text == "toilet seat"


def test_a_fit_needs_two_folds() -> None:
    with pytest.raises(DataError, match="two folds"):
        fit({0: consider(SPELLER, TYPOS)}, 0.03)


def test_folds_do_not_depend_on_case_and_margin_blanks() -> None:
    assert fold_of(" Red Lamp ", 10) == fold_of("red lamp", 10)
    assert {fold_of(f"query {n}", 10) for n in range(100)} == set(range(10))
    assert same("Red  lamp ", "red lamp")
    assert not same("red lamp", "redlamp")


def test_a_query_is_right_only_as_a_whole() -> None:
    considered = consider(SPELLER, [("tiolet zzzzz", "toilet seat"), ("garden", "garden")])
    assert threshold_of(considered, Model(Weights(), no_trees()), 0.5).accuracy.value == 0.0


def test_the_caller_may_say_which_queries_belong_together() -> None:
    corpus = Corpus(TEXTS, QUERIES, TYPOS, SpellConfig(), 4, lambda query: len(query) % 4)
    assert all(len(typed) % 4 == fold for fold in range(4) for typed, _ in corpus.pairs[fold])


def test_trees_as_arrays_give_what_the_trainer_gives() -> None:
    rng = np.random.default_rng(0)
    rows = np.round(rng.normal(size=(600, 4)), 1)  # many ties with thresholds
    wanted = rows[:, 0] * rows[:, 1] + 0.3 * rng.normal(size=600) > 0
    found = Forest(fit_forest(rows.tolist(), wanted)).log_odds(rows.tolist())
    assert found == Forest(fit_forest(rows.tolist(), wanted)).log_odds(rows.tolist()), "the same every time"
    right = np.mean((np.array(found) > 0) == wanted)
    assert right > 0.85, "no weighted sum of the four can tell"
    data = lgb.Dataset(rows, wanted.astype(np.float64))
    trained = np.asarray(lgb.train(dict(SETTINGS), data, ROUNDS).predict(rows, raw_score=True))
    assert np.allclose(found, trained, rtol=0, atol=1e-9)


def test_trees_are_fitted_from_enough_mistakes_on_and_choose_among_readings() -> None:
    few = consider(SPELLER, [*TYPOS, *CLEAN, *ODD])
    assert not Forest(fit_model(few).forest).used
    many = few * (MIN_FOR_TREES // len(TYPOS) + 1)
    model = fit_model(many)
    assert Forest(model.forest).used
    fitted = threshold_of(rescored(many, model), model, 0.05)
    assert fitted.accuracy.value > 0.8
    judged = with_fit(SPELLER, fitted)
    for before, after in zip(few, rescored(few, model), strict=True):
        assert judged.considered(before.query) == after.changes, "served as it was fitted"


def test_the_first_reading_is_the_most_probable_and_the_others_are_of_its_place() -> None:
    readings = SPELLER.readings("white tiolet coverr")
    assert [some[0] for some in readings] == list(SPELLER.considered("white tiolet coverr"))
    assert all(one.start == some[0].start for some in readings for one in some)
