"""Two audits beside each other, worked out by hand."""

from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest
from gaps_helpers import a_dollar_a_call, ground, table, thin
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit import Audit, Measure
from tilth.audit.compare import MeasureChange, compare
from tilth.audit.gaps import find_gaps

GAPS = find_gaps(ground(thin_items=thin(("i0", "text", "short"))), a_dollar_a_call)
EMPTY = Audit(counts={}, measures=(), tables={}, findings=(), gaps=GAPS)


def audit(*measures: Measure) -> Audit:
    return replace(EMPTY, measures=measures)


def change(before: Measure, after: Measure) -> MeasureChange:
    return compare(audit(before), audit(after)).measures[0]


def test_the_interval_of_a_difference_is_paired() -> None:
    # The groups move both audits alike: they are apart by -0.1, -0.1, -0.12 and -0.08 without each group.
    before = Measure("fields.thin_share", 0.5, 100, (0.5, 0.9, 0.3, 0.3))
    after = Measure("fields.thin_share", 0.4, 100, (0.4, 0.8, 0.18, 0.22))
    found = change(before, after)
    assert found.difference is not None
    assert found.difference.value == pytest.approx(-0.1)
    # Variance 3/4 * (0 + 0 + 0.02^2 + 0.02^2) = 0.0006; t with 3 degrees of freedom at 97.5 % is 3.18245.
    assert found.difference.high == pytest.approx(-0.1 + 3.182446 * 0.0006**0.5)
    assert found.verdict == "better"
    assert change(after, before).verdict == "worse"


def test_an_interval_with_zero_in_it_is_no_evidence() -> None:
    before = Measure("fields.thin_share", 0.5, 100, (0.4, 0.5, 0.6, 0.5))
    after = Measure("fields.thin_share", 0.4, 100, (0.5, 0.4, 0.3, 0.4))
    assert change(before, after).verdict == "no evidence"
    assert change(before, before).verdict == "same"


def test_what_was_not_drawn_at_random_is_better_or_worse_as_it_stands() -> None:
    before, after = Measure("fields.missing_share", 0.5, 10), Measure("fields.missing_share", 0.4, 10)
    found = change(before, after)
    assert (found.verdict, found.note) == ("better", "nothing was drawn at random")
    assert found.difference is not None
    assert isnan(found.difference.low)
    assert found.to_json()["difference"] == {"value": pytest.approx(-0.1), "low": None, "high": None}
    assert change(after, before).verdict == "worse"
    assert change(before, before).verdict == "same"


def test_a_measure_of_which_neither_way_is_up_is_changed() -> None:
    assert change(Measure("somebody.elses", 1, 10), Measure("somebody.elses", 2, 10)).verdict == "changed"


def test_what_only_one_audit_measured_is_not_compared() -> None:
    found = compare(audit(Measure("items.gini", 0.5, 9)), audit(Measure("search.head_share", 0.1, 9)))
    assert [(one.name, one.before, one.after, one.verdict) for one in found.measures] == [
        ("items.gini", 0.5, None, "not comparable"),
        ("search.head_share", None, 0.1, "not comparable"),
    ]
    assert found.notes == ("measured in one of the two only: items, search",)
    unknown = change(Measure("items.gini", None, 0), Measure("items.gini", nan, 0))
    assert (unknown.before, unknown.after, unknown.difference) == (None, None, None)


def test_one_interval_alone_shows_nothing() -> None:
    found = change(Measure("items.gini", 0.5, 9, (0.5, 0.5)), Measure("items.gini", 0.1, 9))
    assert (found.verdict, found.note) == ("no evidence", "only one of the two has an interval")


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=32), st.floats(-1, 1), st.floats(-1, 1))
def test_swapping_the_audits_turns_the_difference_around(noise: list[float], before: float, after: float) -> None:
    first = Measure("items.gini", before, 9, tuple(np.array(noise)))
    second = Measure("items.gini", after, 9, tuple(np.array(noise[::-1])))
    one, other = change(first, second).difference, change(second, first).difference
    assert one is not None
    assert other is not None
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))


def test_other_settings_are_noted() -> None:
    first = replace(EMPTY, settings={"audit": {"first_k": 10, "kinds": {"positive": ["click"]}}}, created_at="2026-02")
    second = replace(EMPTY, settings={"audit": {"first_k": 5, "kinds": {"positive": ["click"]}}}, created_at="2026-01")
    settings, order = compare(first, second).notes
    assert settings == "the settings differ, and figures may for that alone: audit.first_k: 10, then 5"
    assert order.startswith("the first audit is the later one")


def test_gaps_that_vanished_shrank_grew_and_are_new() -> None:
    def gaps(*rows: tuple[str, str, str]) -> Audit:
        return replace(EMPTY, gaps=find_gaps(ground(events=False, thin_items=thin(*rows)), a_dollar_a_call))

    before = gaps(("i0", "text", "short"), ("i1", "text", "short"), ("i0", "title", "short"), ("i3", "title", "short"))
    after = gaps(("i0", "text", "short"), ("i3", "title", "short"), ("i4", "title", "short"), ("i5", "title", "short"))
    found = {one.place: (one.state, one.size) for one in compare(before, after).gaps}
    assert found == {
        "text of items in film": ("smaller", (2, 1)),
        "title of items in film": ("gone", (1, None)),
        "title of items in book": ("larger", (1, 2)),
        "title of items without a category": ("new", (None, 1)),
    }
    assert compare(before, before).gaps[0].state == "same"


def test_categories_by_how_much_is_cold() -> None:
    def categories(*rows: tuple[str, int, int]) -> Audit:
        made = [{"category": name, "items": n, "cold_items": cold, "cold_share": cold / n} for name, n, cold in rows]
        return replace(EMPTY, tables={"categories": table("categories", *made)})

    found = compare(
        categories(("a", 10, 4), ("b", 10, 9), ("same", 2, 1)), categories(("a", 10, 3), ("b", 10, 1), ("same", 2, 1))
    ).categories
    assert [(one.category, one.cold_items) for one in found] == [("b", (9, 1)), ("a", (4, 3))]
    assert found[0].cold_share == (0.9, 0.1)


def test_counts_and_tally() -> None:
    first = replace(audit(Measure("fields.missing_share", 0.5, 9)), counts={"items": 5, "users": 3})
    second = replace(audit(Measure("fields.missing_share", 0.4, 9)), counts={"items": 6, "searches": 4})
    found = compare(first, second)
    assert found.counts == {"items": (5, 6), "users": (3, None), "searches": (None, 4)}
    assert found.tally() == {"better": 1}
    assert found.to_json()["counts"]["items"] == (5, 6)
