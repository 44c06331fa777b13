"""Two audits beside each other, worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan

import numpy as np
import pytest
from gaps_helpers import a_dollar_a_call, ground, table, thin
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit import Audit, Measure
from tilth.audit.compare import Comparison, MeasureChange, compare
from tilth.audit.compare.gap_changes import FOUND_IN
from tilth.audit.gaps import find_gaps
from tilth.audit.gaps.rank import KINDS
from tilth.audit.tables import SCHEMAS

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
        found = thin(*rows)
        gaps = find_gaps(ground(events=False, thin_items=found), a_dollar_a_call)
        return replace(EMPTY, gaps=gaps, tables={"thin_items": found})

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
    unread = replace(EMPTY, gaps=find_gaps(ground(events=False), a_dollar_a_call))
    assert {one.state for one in compare(before, unread).gaps} == {"not measured"}  # nobody looked at the fields
    assert {one.state for one in compare(unread, after).gaps} == {"not measured"}


def test_every_kind_of_gap_names_the_tables_it_is_found_in() -> None:
    kinds = {kind.__name__ for kind in KINDS} | {"zero_result_queries"}
    assert {kind.removesuffix("s") if kind == "thin_fields" else kind for kind in kinds} == set(FOUND_IN)
    assert {name for tables in FOUND_IN.values() for name in tables} <= SCHEMAS.keys()


def test_what_grows_with_the_log_has_no_verdict_where_the_logs_are_of_unequal_length() -> None:
    def log(events: int, gini: float, negative: float, days: int = 10) -> Audit:
        drawn = tuple(np.linspace(-0.001, 0.001, 32))
        measures = (
            Measure("items.gini", gini, 9, tuple(gini + one for one in drawn)),
            Measure("feedback.implicit_precision", negative, 9, tuple(negative + one for one in drawn)),
            Measure("fields.missing_share", 0.5, 9),
        )
        start = datetime(2026, 1, 1, tzinfo=UTC)
        items = table("items", {"item_id": "a", "first_ts": start, "last_ts": start + timedelta(days=days)})
        return replace(EMPTY, counts={"events": events}, measures=measures, tables={"items": items})

    def verdicts(found: Comparison) -> list[str]:
        return [one.verdict for one in found.measures]

    first = log(1000, 0.5, 0.4)
    equal, longer, later = (compare(first, log(n, 0.6, 0.6, days)) for n, days in ((1100, 11), (2000, 10), (1000, 12)))
    assert verdicts(equal) == ["worse", "better", "same"]
    said = "2 measures were tested, each at 5 %: where nothing changed, about 0.1 would still seem to have"
    assert equal.notes == (said,)
    assert verdicts(longer) == verdicts(later) == ["not comparable", "better", "same"]
    assert longer.measures[0].difference is not None
    assert longer.notes[0].startswith("the logs are of unequal length (1,000 events, then 2,000): what moves")
    assert "(1 of 3 measures)" in longer.notes[0]
    assert later.notes[0].startswith("the logs are of unequal length (events of 10.0 days, then of 12.0)")
    assert (equal.tests, longer.tests) == (2, 1)


def test_settings_in_memory_and_from_disk_are_the_same() -> None:
    first = replace(EMPTY, settings={"audit": {"kinds": {"exposure": ["shown"]}}})
    second = replace(EMPTY, settings={"audit": {"kinds": {"exposure": ("shown",)}}})
    assert compare(first, second).notes == ()


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
