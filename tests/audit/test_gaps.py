"""Every kind of gap against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from gaps_helpers import (
    IDS,
    a_dollar_a_call,
    catalog,
    ground,
    items_table,
    queries,
    table,
    thin,
    unknown_price,
)

from tilth.audit import AuditConfig
from tilth.audit.categories import OTHER
from tilth.audit.gaps import Ground, find_gaps, rank_gaps
from tilth.audit.gaps.cold_items import cold_items
from tilth.audit.gaps.thin_fields import thin_fields
from tilth.audit.gaps.unasked_items import unasked_items
from tilth.audit.gaps.unlabelled_pairs import unlabelled_pairs
from tilth.audit.gaps.unmet_queries import unmet_queries
from tilth.audit.gaps.unreached_items import unreached_items
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA, Entities, GapStep


def test_a_thin_field_is_a_gap_for_each_category() -> None:
    rows = thin(
        ("i1", "text", "missing"), ("i0", "text", "short"), ("i0", "text", "duplicate"), ("i5", "title", "short")
    )
    film, none = thin_fields(ground(thin_items=rows))
    assert (film.step, film.category, film.field, film.calls) == ("enrich", "film", "text", 2)
    assert film.ids.to_pylist() == ["i0", "i1"]
    assert film.carried == 60
    assert film.total == 70
    assert film.characters == 15  # (20 + 10) / 2
    assert film.place == "text of items in film"
    assert film.reason == "text is thin in 2 of 3 items: the same as another item's in 1, missing in 1, short in 1"
    assert (none.place, none.carried) == ("title of items without a category", 1)


def test_a_field_that_no_item_has_is_no_gap() -> None:
    everywhere = thin(*((item, "text", "missing") for item in IDS), ("i0", "text", "duplicate"))
    assert list(thin_fields(ground(thin_items=everywhere))) == []
    assert len(list(thin_fields(ground(thin_items=everywhere.slice(1))))) == 3


def test_without_an_event_log_demand_is_unknown() -> None:
    (gap,) = thin_fields(ground(events=False, thin_items=thin(("i0", "text", "short"))))
    assert gap.demand is None
    assert gap.category == "film"  # from the catalog itself


def test_cold_items_are_expected_to_draw_what_the_mean_item_of_their_category_does() -> None:
    film, book = list(cold_items(ground()))
    # i2 is cold too, but has neither title nor text. Film: 60 interactions on 3 items; book: 9 on 2.
    assert (film.ids.to_pylist(), film.carried) == (["i1"], 20)
    assert (book.ids.to_pylist(), book.carried) == (["i4"], 4.5)
    assert film.step == "coldstart"
    assert list(cold_items(ground(events=False))) == []


def test_items_that_no_query_reaches() -> None:
    rows = table("unreached_items", {"item_id": "i0"}, {"item_id": "i3"}, {"item_id": "i4"}, {"item_id": "unknown"})
    film, book = list(unreached_items(ground(unreached_items=rows)))
    assert (film.carried, film.calls, film.reason) == (60, 1, "no logged query brings back 1 of 3 items")
    assert (book.ids.to_pylist(), book.carried) == (["i3", "i4"], 9)


def test_unmet_queries_are_told_apart_by_whether_an_item_is_near() -> None:
    log = queries(
        ("red bolt", 10, 8, 1.0, "bolt"),  # finds nothing, though there is an item
        ("bolts", 3, 3, 0.5, "bolt"),
        ("blue nut", 4, 4, 0.4, "nut"),
        ("nut", 6, 3, 0.6, "nut"),  # below what the settings call near, and half of the searches found something
        ("fine", 70, 0, 1.0, None),
        ("not searched", 7, 7, None, None),
    )
    zero, unmet = list(unmet_queries(ground(queries=log)))
    assert (zero.kind, zero.place) == ("zero_result_queries", 'queries with "bolt"')
    assert zero.ids.to_pylist() == ["red bolt", "bolts"]
    assert (zero.carried, zero.total, zero.calls, zero.characters) == (13, 100, 1, 13)
    assert (unmet.kind, unmet.place, unmet.carried) == ("unmet_queries", 'queries with "nut"', 10)
    assert unmet.ids.to_pylist() == ["nut", "blue nut"]


def test_a_call_holds_twenty_queries_and_small_clusters_share_a_gap() -> None:
    many = [(f"common w{number}", 2, 0, 0.0, "common") for number in range(41)]
    alone = [(f"alone{number:02}", 1, 0, 0.0, f"alone{number:02}") for number in range(30)]
    found = list(unmet_queries(ground(queries=queries(*many, *alone, ("x", 1, 0, 0.0, OTHER)))))
    assert len(found) == 20
    assert (found[0].place, found[0].calls) == ('queries with "common"', 3)  # 41 / 20, rounded up
    assert (found[1].place, found[-1].place) == ('queries with "alone00"', "other queries")
    assert len(found[-1].ids) == 31 - 18
    assert sum(gap.carried or 0 for gap in found) == 113


def test_items_of_a_category_that_few_ask_for() -> None:
    supply = [("film", 0.5, 0.9, False), ("book", 0.3, 0.02, True), (OTHER, 0.2, 0.01, True)]
    names = ("category", "items_share", "demand_share", "unasked")
    tables = {
        "supply": table("supply", *(dict(zip(names, row, strict=True)) for row in supply)),
        "unreached_items": table("unreached_items", {"item_id": "i4"}),
    }
    (gap,) = unasked_items(ground(**tables))
    assert (gap.ids.to_pylist(), gap.carried, gap.calls) == (["i3"], 9, 1)  # i4 has its own gap: no query reaches it
    assert gap.reason == "30.0% of the items, but 2.0% of the searches"


def test_a_sample_is_labelled_where_explicit_negatives_are_rare() -> None:
    def feedback(negatives: int) -> Ground:
        rows = [("impression", "exposure", 200), ("click", "positive", 70), ("hide", "negative", negatives)]
        kinds = [{"kind": kind, "role": role, "events": count} for kind, role, count in rows]
        return ground(feedback=table("feedback", *kinds))

    (gap,) = unlabelled_pairs(feedback(2))
    assert (gap.step, gap.size, gap.calls, gap.carried) == ("judge", 270, 270, pytest.approx(70))
    assert gap.ids.to_pylist() == ["i0", "i1", "i3", "i4"]
    assert gap.demand is not None
    assert gap.demand.tolist() == pytest.approx([35, 17.5, 14, 3.5])  # 70 interactions by 100:50:40:10
    assert gap.characters == 0.5 * 20 + 0.25 * 10 + 0.2 * 10 + 0.05 * 2
    assert list(unlabelled_pairs(feedback(3))) == []  # 3 of 273 is more than 1 %


def test_a_sample_is_no_larger_than_needed() -> None:
    rows = table("feedback", {"kind": "click", "role": "positive", "events": 1000})
    (gap,) = unlabelled_pairs(ground(feedback=rows))
    assert (gap.size, gap.calls) == (1000, 385)


def test_gaps_are_ranked_by_demand_per_dollar() -> None:
    rows = thin(("i0", "text", "short"), ("i1", "text", "short"), ("i3", "title", "short"), ("i5", "text", "short"))
    gaps = find_gaps(ground(thin_items=rows), a_dollar_a_call)
    assert gaps.table.schema == GAP_SCHEMA
    assert gaps.members.schema == MEMBER_SCHEMA
    assert gaps.table["demand_per_usd"].to_pylist() == [30, 20, 9, 4.5, 1]
    assert gaps.table["step"].to_pylist() == ["enrich", "coldstart", "enrich", "coldstart", "enrich"]
    assert gaps.table["demand_share"].to_pylist() == pytest.approx([60 / 70, 20 / 70, 9 / 70, 4.5 / 70, 1 / 70])
    first = gaps.members.slice(0, 2).to_pylist()
    gap_id = gaps.table["gap_id"][0].as_py()
    assert first == [{"gap_id": gap_id, "id": "i0", "demand": 60}, {"gap_id": gap_id, "id": "i1", "demand": 0}]


def test_without_a_price_gaps_are_ranked_by_demand_per_call_after_those_with_one() -> None:
    rows = thin(("i0", "text", "short"), ("i1", "text", "short"), ("i3", "title", "short"))

    def only_coldstart(step: GapStep, calls: int, characters: float) -> float | None:
        return float(calls) if step == "coldstart" else None

    gaps = find_gaps(ground(thin_items=rows), only_coldstart).table
    assert gaps["step"].to_pylist() == ["coldstart", "coldstart", "enrich", "enrich"]
    assert gaps["cost_usd"].to_pylist() == [1, 1, None, None]
    assert gaps["demand"].to_pylist() == [20, 4.5, 60, 9]
    by_calls = find_gaps(ground(events=False, thin_items=rows), unknown_price).table
    assert by_calls["calls"].to_pylist() == [1, 2]
    assert by_calls["demand"].to_pylist() == [None, None]


def test_what_costs_nothing_comes_first_and_ties_keep_their_order() -> None:
    found = list(thin_fields(ground(thin_items=thin(("i0", "text", "short"), ("i3", "text", "short")))))
    twin = replace(found[1], category="z")

    def free_in_film(step: GapStep, calls: int, characters: float) -> float | None:
        return 0.0 if characters == 20 else 1.0

    one, other = (rank_gaps(order, free_in_film).table for order in ([*found, twin], [twin, *reversed(found)]))
    assert one["category"][0].as_py() == "film"
    assert one["demand_per_usd"][0].as_py() is None
    assert one == other


def test_the_id_of_a_gap_stays_when_its_size_changes() -> None:
    ids = {
        next(thin_fields(ground(thin_items=thin(*rows)))).gap_id
        for rows in ([("i0", "text", "short")], [("i1", "text", "missing"), ("i0", "text", "short")])
    }
    assert len(ids) == 1
    assert next(iter(ids)).startswith("thin-field-")


def test_small_categories_share_a_gap() -> None:
    wide = Ground.of(AuditConfig(max_categories=2), catalog([f"c{n}" for n in range(6)]), {})
    found = dict(wide.by_category(np.arange(6)))
    assert {name: rows.tolist() for name, rows in found.items()} == {"c0": [0], "c1": [1], OTHER: [2, 3, 4, 5]}


def test_an_empty_catalog_has_no_gaps() -> None:
    empty = Ground.of(
        AuditConfig(), Entities("item", catalog().table.slice(0, 0)), {"items": items_table().slice(0, 0)}
    )
    gaps = find_gaps(empty, a_dollar_a_call)
    assert len(gaps) == 0
    assert gaps.members.num_rows == 0
