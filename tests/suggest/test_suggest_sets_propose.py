"""Learning which sets of words are asked for, in a small shop with a known habit."""

import numpy as np
import pytest

from tilth.errors import DataError
from tilth.suggest.sets import RECOMBINED, ProposeConfig, SetConfig, normal_form, propose

COLORS = ["red", "blue", "green", "white", "black", "brown", "gray", "pink"]
THINGS = ["door", "lamp", "chair", "rug", "desk", "shelf", "fan", "sink", "bed", "sofa"]
MAKERS = ["acme", "zenith", "orbit"]
CONFIG = ProposeConfig(
    most=400, variants=20, titles_of_four=1, sets=SetConfig(recombined=500, kept=2000, unasked=400, min_leaf=5)
)


def shop(seed: int) -> tuple[list[str], list[list[str]], set[str]]:
    """Titles are `maker color thing deluxe`; people ask for color and thing, never for a maker or for deluxe. Returns
    titles, the log in three parts, and the normal forms of what will be asked for that no log has."""
    rng = np.random.default_rng(seed)
    asked = [f"{color} {thing}" for color in COLORS for thing in THINGS]
    rng.shuffle(asked)
    titles = [f"{rng.choice(MAKERS)} {query} deluxe" for query in asked for _ in range(2)]
    return titles, [asked[0:18], asked[18:36], asked[36:54]], {normal_form(query) for query in asked[54:]}


def test_unseen_demand_is_ranked_above_what_nobody_asks_for() -> None:
    titles, log, unseen = shop(3)
    table = propose(titles, log, CONFIG).table
    normal, scores = table["normal"].to_pylist(), table["score"].to_numpy()
    of_unseen = [score for form, score in zip(normal, scores, strict=True) if form in unseen]
    others = [score for form, score in zip(normal, scores, strict=True) if {"acme", "deluxe"} & set(form.split())]
    assert len(of_unseen) >= len(unseen)  # each at least once
    assert np.median(of_unseen) > np.quantile(others, 0.9)


def test_suggestions_are_written_as_people_type() -> None:
    titles, log, unseen = shop(4)
    table = propose(titles, log, CONFIG).table
    best = dict[str, str]()
    for query, form in zip(table["query"].to_pylist(), table["normal"].to_pylist(), strict=True):
        best.setdefault(form, query)
    assert all(best[form].split()[0] in COLORS for form in unseen)


def test_suggestions_say_where_they_come_from() -> None:
    titles, log, _ = shop(5)
    held_back = [title for title in titles if "pink" not in title or "fan" not in title]
    rows = propose(held_back, log, CONFIG).table.to_pylist()
    assert {row["source"] for row in rows} == {"title", "log", RECOMBINED}
    queries = {query for part in log for query in part}
    assert all((row["source"] == "log") == (row["query"] in queries) for row in rows)
    assert all(row["items"] == 0 and row["synthetic"] for row in rows if row["source"] == RECOMBINED)
    assert all(row["items"] > 0 for row in rows if row["source"] == "title")
    assert len(rows) <= CONFIG.most
    assert all(row["normal"] == normal_form(row["query"]) for row in rows)


def test_the_same_log_gives_the_same_suggestions() -> None:
    titles, log, _ = shop(6)
    assert propose(titles, log, CONFIG).table.equals(propose(titles, log, CONFIG).table)


def test_a_log_that_cannot_teach() -> None:
    titles, log, _ = shop(7)
    with pytest.raises(DataError, match="at least two parts"):
        propose(titles, log[:1], CONFIG)
    with pytest.raises(DataError, match="too few to learn from"):
        propose(titles, [["sofa red"], ["xyz", ""]], CONFIG)


def test_variants_are_so_many_and_no_better_than_what_they_vary() -> None:
    titles, log, _ = shop(8)
    table = propose(titles, log, CONFIG).table
    best, others = dict[str, float](), list[str]()
    for query, form, score in zip(*(table[name].to_pylist() for name in ("query", "normal", "score")), strict=True):
        if form in best:
            others.append(query)
            assert score <= best[form]
        else:
            best[form] = score
    assert len(others) == len(set(others)) == CONFIG.variants
    assert len(table) == CONFIG.most
