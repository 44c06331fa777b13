"""How useful lines are, learned from clicks: drawn from known curves, and out of a log on disk."""

from pathlib import Path

import numpy as np
import pytest

from tilth.apps.project import Project
from tilth.artifacts.usefulness import DEFAULT, Curve, Usefulness, read_usefulness
from tilth.data import SearchSource
from tilth.suggest.blend import Replayed, fit_usefulness, sample_clicked
from tilth.suggest.blend.fit import LEAST, expected, log_loss

TRUE = Usefulness(Curve(0.6, 1.5), Curve(0.3, 1.0))


def prefix(
    row: int, offered: list[float], meant: int, items: list[float], clicked: int, *, guessed: bool = False
) -> Replayed:
    return Replayed(
        row,
        np.array(offered),
        np.arange(len(offered)) == meant,
        np.array(items),
        np.arange(len(items)) == clicked,
        guessed,
    )


def drawn(rows: int, truth: Usefulness, seed: int = 0) -> list[Replayed]:
    """Prefixes of which each line is wanted with the probability that `truth` says."""
    rng, found = np.random.default_rng(seed), list[Replayed]()
    for row in range(rows):
        shares = [rng.dirichlet(np.full(5, 0.5)) for _ in range(2)]
        one = Replayed(row, shares[0], np.zeros(5, np.bool_), shares[1], np.zeros(5, np.bool_), bool(row % 2))
        offered, items = expected(one, truth)
        found.append(Replayed(row, shares[0], rng.random(5) < offered, shares[1], rng.random(5) < items, one.guessed))
    return found


def test_what_a_prefix_loses_worked_by_hand() -> None:
    halves = Usefulness(Curve(0.5, 1.0), Curve(0.5, 1.0))
    one = prefix(0, [1.0], 0, [0.5], 0)
    assert log_loss(one, halves) == pytest.approx(-np.log(0.5 * 0.25))
    # Guessed: only the half who mean the suggestion want the item, half of those at a share of one half.
    assert log_loss(prefix(0, [1.0], 0, [0.5], 0, guessed=True), halves) == pytest.approx(-np.log(0.5 * 0.125))
    assert log_loss(prefix(0, [], -1, [0.5], -1, guessed=True), halves) == pytest.approx(-np.log(0.75))


def test_curves_that_clicks_were_drawn_from_are_found_again() -> None:
    fitted = fit_usefulness(drawn(3000, TRUE))
    for found, true in ((fitted.usefulness.suggestion, TRUE.suggestion), (fitted.usefulness.item, TRUE.item)):
        assert found.ceiling == pytest.approx(true.ceiling, rel=0.2)
        assert found.power == pytest.approx(true.power, abs=0.3)
    assert fitted.log_loss is not None
    assert fitted.log_loss.low > 0
    assert fitted.usefulness.searches == fitted.searches == 3000
    assert fit_usefulness(drawn(3000, TRUE)) == fitted, "the same searches give the same curves"


def test_curves_that_say_no_more_than_the_defaults_are_not_kept() -> None:
    fitted = fit_usefulness(drawn(400, DEFAULT, seed=1))
    assert fitted.log_loss is not None
    assert fitted.log_loss.low <= 0
    assert fitted.usefulness == DEFAULT
    assert not fitted.to_json()["learned"]


def test_too_few_clicks_teach_nothing() -> None:
    fitted = fit_usefulness(drawn(LEAST - 1, TRUE))
    assert (fitted.usefulness, fitted.searches, fitted.log_loss) == (DEFAULT, LEAST - 1, None)
    assert fit_usefulness([]).usefulness == DEFAULT


def test_a_log_where_nobody_meant_anything_on_offer() -> None:
    nothing = [prefix(row, [0.6, 0.4], -1, [1.0], -1) for row in range(LEAST)]
    fitted = fit_usefulness(nothing).usefulness
    assert fitted.suggestion.ceiling == fitted.item.ceiling == 0.01


def test_a_sample_is_of_clicked_searches_alone_and_bounded(tmp_path: Path) -> None:
    rows = [f"query {n},{'a|b' if n % 2 else ''}" for n in range(400)]
    (tmp_path / "log.csv").write_text("\n".join(["query,clicked", *rows]) + "\n")
    source = SearchSource(path="log.csv", query="query", clicked="clicked")
    everything = sample_clicked(source, base=tmp_path)
    assert [one.query for one in everything] == [f"query {n}" for n in range(1, 400, 2)]
    assert {one.items for one in everything} == {frozenset("ab")}
    some = sample_clicked(source, base=tmp_path, most=50)
    assert len(some) == 50
    assert some == sample_clicked(source, base=tmp_path, most=50)
    assert some != sample_clicked(source, base=tmp_path, most=50, seed=1)
    assert sample_clicked(SearchSource(path="log.csv", query="query"), base=tmp_path) == []


def put(folder: Path, clicks: bool) -> Project:
    """Everybody types the name of a lamp and takes the first lamp; "lamp oil" is what few mean."""
    folder.mkdir()
    (folder / "items.csv").write_text("id,title\nl1,red lamp\nl2,lamp red and green\no1,lamp oil\n")
    log = [f"p{n},red lamp,l1" for n in range(280)] + [f"p{n},lamp oil,o1" for n in range(20)]
    (folder / "log.csv").write_text("\n".join(["user,query,clicked", *log]) + "\n")
    settings = '[data.items]\npath = "items.csv"\nid = "id"\ntitle = "title"\n'
    settings += '[data.searches]\npath = "log.csv"\nquery = "query"\nuser_id = "user"\n'
    (folder / "tilth.toml").write_text(settings + ('clicked = "clicked"\n' if clicks else ""))
    project = Project(folder / "tilth.toml")
    project.suggest.mine()
    return project


def test_building_learns_from_the_log_and_writes_it_beside_the_suggester(tmp_path: Path) -> None:
    project = put(tmp_path / "a", clicks=True)
    built = project.suggest.build()
    curves = read_usefulness(project.suggest.suggester_folder)
    assert curves == built.usefulness.usefulness
    assert curves.searches == 300
    assert curves.suggestion.ceiling > DEFAULT.suggestion.ceiling, "here what is meant is always on offer"
    assert curves.item.ceiling > 0.5, "and the first result is always taken"
    told = built.to_json()["usefulness"]
    assert (told["learned"], told["searches"]) == (True, 300)
    assert told["first_wanted_gain"]["low"] <= told["first_wanted_gain"]["value"] <= told["first_wanted_gain"]["high"]
    without = put(tmp_path / "b", clicks=False)
    assert without.suggest.build().usefulness.searches == 0
    assert read_usefulness(without.suggest.suggester_folder) == DEFAULT
