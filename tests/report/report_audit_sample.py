"""Content for the tests of the audit's page. Every number and text in it is made up; none was measured."""

import math
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from tilth.audit.tables import SCHEMAS
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA
from tilth.report.audit import AuditChange, AuditContent, AuditFinding, AuditMeasure, AuditTerm

CATEGORIES = (
    "Action",
    "Animation",
    "Children",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy and Science Fiction",
    "Horror",
    "Musical",
    "Romance",
    "(other)",
)
ITEMS, EVENTS = 9742, 100_836


def month(i: int) -> datetime:
    return datetime(2022 + i // 12, i % 12 + 1, 1, tzinfo=UTC)


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])


def measure(name: str, value: float | None, unit: str = "share", half: float | None = None, **changes: Any) -> Any:
    low, high = (None, None) if half is None or value is None else (value - half, value + half)
    label = name.partition(".")[2].replace("_", " ").capitalize()
    known: dict[str, Any] = {"n": ITEMS, "better": "lower"}
    return AuditMeasure(name, label, unit, value, low, high, **known | changes)


MEASURES = (
    measure("items.cold_share", 0.354, half=0.012),
    measure("items.one_share", 0.182, half=0.006),
    measure("items.few_share", 0.241, half=0.007),
    measure("items.many_share", 0.223, half=0.005, better="higher"),
    measure("items.coverage", 0.646, half=0.012, better="higher"),
    measure("items.gini", 0.871, "score", 0.004),
    measure("items.head_share_1", 0.214, half=0.005),
    measure("items.head_share_5", 0.521, half=0.006),
    measure("items.head_share_20", 0.874, half=0.004),
    measure("matrix.density", 0.00017, n=610 * ITEMS, better="higher"),
    measure("users.median_events", 70.5, "count", 4.0, n=610, better="higher"),
    measure("users.single_share", 0.0, half=0.0, n=610),
    measure("popularity.arp", 112.4, "count", 3.1, n=610),
    measure("popularity.aplt", 0.124, half=0.01, n=610, better="higher"),
    measure("popularity.aclt", 8.3, "count", 0.4, n=610, better="higher"),
    measure("popularity.seen_over_liked", 1.84, "ratio", 0.06, n=610),
    measure("exposure.demand_gap", None, n=0, note="the log has no exposures"),
    measure("newness.median_days_to_first", 41.0, "days", 6.0, n=3120),
    measure("newness.median_days_to_k", None, "days", n=3120, note="fewer than half of the items got there"),
    measure("newness.reached_k_share", 0.223, half=0.02, n=3120, better="higher"),
    measure("fields.thin_share", 0.312),
    measure("fields.missing_share", 0.051),
    measure("fields.short_share", 0.214),
    measure("fields.duplicate_share", 0.012),
    measure("fields.boilerplate_share", 0.071),
    measure("fields.wrong_language_share", 0.004),
    measure("search.head_share", 0.334, half=0.004, n=41_000, better=None),
    measure("search.tail_share", 0.333, half=0.004, n=41_000, better=None),
    measure("search.zero_result_share", 0.062, half=0.004, n=41_000),
    measure("search.zero_click_share", 0.412, half=0.009, n=41_000),
    measure("search.reformulation_share", 0.171, half=0.006, n=41_000),
    measure("search.unreached_share", 0.284, exact=False, note="20,000 of 24,310 queries were searched for"),
    measure("search.unmet_share", 0.087, half=0.005, n=41_000, exact=False, note="20,000 queries were searched for"),
    measure("search.unasked_share", 0.131),
    measure("feedback.negative_share", 0.0087, half=0.0006, n=EVENTS),
    measure("feedback.users_with_negative_share", 0.21, half=0.02, n=610),
    measure("feedback.implicit_precision", 0.71, half=0.03, n=880, better="higher"),
    measure("items.cold_share", 0.71, where="Documentary"),
)


def behavior() -> dict[str, pa.Table]:
    bands = [
        ("0", 3449, 0.354, 0.0),
        ("1", 1773, 0.182, 0.0176),
        ("2-10", 2348, 0.241, 0.097),
        (">10", 2172, 0.223, 0.885),
    ]
    tail = [(1, 1, 1773), *((2**i, 2 ** (i + 1) - 1, 1900 - 230 * i if i < 8 else 40) for i in range(1, 9))]
    windows = [
        {
            "start": month(i),
            "end": month(i + 1),
            "events": 2000 + 40 * i,
            "users": 200 + i,
            "items": 900 + 10 * i,
            "new_items": 120,
            "cold_share": 0.62 - 0.007 * i,
            "head_share": 0.8,
            "gini": 0.8,
            "partial": i in (0, 37),
        }
        for i in range(38)
    ]
    items = [
        {
            "item_id": f"i{i}",
            "title": f"Item number {i}",
            "category": CATEGORIES[i % 12],
            "events": 400 - i,
            "users": 300,
        }
        for i in range(120)
    ]
    weights = {name: 0.2 / (i + 1) for i, name in enumerate(CATEGORIES)}
    categories = [
        {
            "category": name,
            "items": 900 - 40 * i,
            "items_share": 0.06 + 0.005 * i,
            "events": int(EVENTS * weight),
            "events_share": weight,
            "users": 400,
            "cold_items": 40 + 30 * i,
            "cold_share": 0.1 + 0.05 * i,
            "gini": 0.8,
        }
        for i, (name, weight) in enumerate(weights.items())
    ]
    heat = [
        {"category": name, "start": month(w), "events": 10, "share": weight * (1 + 0.5 * math.sin(w / 5 + i))}
        for i, (name, weight) in enumerate(weights.items())
        for w in range(38)
    ]
    newness = [
        {
            "start": month(i),
            "items": 120,
            "with_any": 90 - i,
            "reached_k": 30 - i // 2,
            "median_days_to_first": 30.0 + i,
            "median_days_to_k": None,
        }
        for i in range(38)
    ]
    kinds = [("click", "positive", 60_000), ("save", "positive", 39_959), ("thumbs_down", "negative", 877)]
    return {
        "bands": table("bands", [dict(zip(SCHEMAS["bands"].names, row, strict=True)) for row in bands]),
        "lorenz": table("lorenz", [{"items_share": i / 200, "events_share": (i / 200) ** 7} for i in range(201)]),
        "popularity": table("popularity", [{"low": a, "high": b, "items": n, "events": a * n} for a, b, n in tail]),
        "windows": table("windows", windows),
        "items": table("items", items),
        "categories": table("categories", categories),
        "heat": table("heat", heat),
        "newness": table("newness", newness),
        "feedback": table(
            "feedback", [{"kind": k, "role": r, "events": n, "share": n / EVENTS, "users": 500} for k, r, n in kinds]
        ),
        "trust": table(
            "trust", [{"signal": "click", "pairs": 880, "agree": 625, "precision": 0.71, "low": 0.68, "high": 0.74}]
        ),
    }


def searches() -> dict[str, pa.Table]:
    parts = [
        ("head", 118, 0.0049, 13_700, 0.334),
        ("torso", 2900, 0.119, 13_650, 0.333),
        ("tail", 21_292, 0.876, 13_650, 0.333),
    ]
    names = SCHEMAS["query_bands"].names
    bands = [dict(zip(names, (*part, 0.02 * i, 0.3 + 0.1 * i), strict=True)) for i, part in enumerate(parts, 1)]
    queries = [
        {
            "query": f"red wool socks size {i}",
            "normal": f"red wool sock size {i}",
            "searches": 900 // (i + 1) + 1,
            "users": 800 // (i + 1) + 1,
            "band": "head" if i < 5 else "tail",
            "zero_results": 40 // (i + 1) if i % 3 == 0 else 0,
            "clicks": 0 if i % 4 == 0 else 10,
            "reformulated": i % 5,
            "reach": ("none", "weak", "full")[i % 3],
            "nearest": 0.31,
            "likely_misspelled": i % 7 == 0,
            "unmet": "wool" if i % 3 == 0 else None,
        }
        for i in range(200)
    ]
    ranks = sorted({round(24_310 ** (i / 99)) for i in range(100)})
    tail = [{"rank": r, "searches": max(1, round(900 / r**0.8)), "cumulative_share": r / 24_310} for r in ranks]
    unmet = [
        {
            "cluster": word,
            "queries": 40 - 9 * i,
            "searches": 400 - 90 * i,
            "searches_share": 0.01 - 0.002 * i,
            "zero_results": 12,
            "examples": [f"{word} socks", f"{word} hat", f"{word} scarf", "one too many"],
            "best_category": "Drama",
        }
        for i, word in enumerate(("wool", "merino", "cashmere", "(other)"))
    ]
    supply = [
        {
            "category": name,
            "items": 900,
            "items_share": 0.12 - 0.01 * i,
            "searches": 9.5,
            "demand_share": 0.03 + 0.01 * i,
        }
        for i, name in enumerate(CATEGORIES)
    ]
    reach = [
        {"category": name, "items": 900, "unreached": 90 + 20 * i, "unreached_share": 0.1 + 0.02 * i}
        for i, name in enumerate(CATEGORIES)
    ]
    return {
        "query_bands": table("query_bands", bands),
        "queries": table("queries", queries),
        "query_tail": table("query_tail", tail),
        "reach": table("reach", reach),
        "unmet": table("unmet", unmet),
        "supply": table("supply", supply),
        "unreached_items": table("unreached_items", [{"item_id": f"i{i}", "category": "Drama"} for i in range(70)]),
    }


def fields() -> dict[str, pa.Table]:
    rows = [
        {
            "category": name,
            "field": field,
            "items": 900,
            "missing": 10 * i,
            "short": 40 + 10 * i,
            "duplicate": 3,
            "boilerplate": 12,
            "wrong_language": 1,
            "markup": 2,
            "garbled": 0,
            "thin": 60 + 20 * i + 200 * (field == "text"),
        }
        for i, name in enumerate(("", *CATEGORIES))
        for field in ("title", "text", "brand")
    ]
    thin = [
        {"item_id": f"i{i}", "category": "Drama", "field": "text", "problem": "short", "chars": i} for i in range(80)
    ]
    return {"fields": table("fields", rows), "thin_items": table("thin_items", thin)}


def gap(gap_id: str, step: str, place: str, unit: str, size: int, share: float | None, cost: float | None) -> Any:
    demand = None if share is None else 41_000 * share
    return {
        "gap_id": gap_id,
        "step": step,
        "kind": "made-up",
        "place": place,
        "category": None,
        "field": None,
        "unit": unit,
        "size": size,
        "demand": demand,
        "demand_share": share,
        "calls": size,
        "cost_usd": cost,
        "demand_per_usd": None if demand is None or not cost else demand / cost,
        "reason": f"{size} {unit} of it are thin, with what depends on them",
    }


GAPS = (
    gap("g0", "enrich", "titles in Horror", "items", 1, 0.0004, 0.0002),
    gap("g1", "enrich", "short texts in Drama", "items", 812, 0.094, 1.12),
    gap("g2", "suggest", "queries about wool socks", "queries", 43, 0.031, 0.62),
    gap("g3", "coldstart", "items of Documentary without interactions", "items", 640, 0.012, 3.4),
    gap("g4", "judge", "pairs of implicit feedback that nobody confirmed", "pairs", 500, None, None),
)
MEMBERS = (("g1", "i3"), ("g1", "i7"), ("g1", "i9"), ("g1", "i11"), ("g2", "wool sock"), ("g2", "merino sock"))
FINDINGS = (
    AuditFinding(
        "events.unknown_item",
        "events",
        2310,
        EVENTS,
        "Events name items that are not in the catalog.",
        "They are left out of every measure of items.",
        ("tt0113", "tt99", "old-77", "x"),
    ),
    AuditFinding(
        "events.future", "events", 3, EVENTS, "Events lie in the future.", "They are left out.", ("2093-01-01",)
    ),
)
TERMS = tuple(
    AuditTerm(
        one.name,
        one.label,
        f"What {one.label.lower()} says, in one plain sentence.",
        "a / b, over all of them",
        "Abdollahpouri et al. 2019" if one.name.startswith("popularity") else "",
        one.better,
    )
    for one in MEASURES
    if not one.where
)
CHANGES = (
    AuditChange("items.cold_share", "Cold share", "share", 0.41, 0.354, -0.056, -0.07, -0.042, "lower", "", "better"),
    AuditChange(
        "search.zero_result_share", "No results", "share", 0.05, 0.062, 0.012, 0.003, 0.021, "lower", "", "worse"
    ),
    AuditChange("items.gini", "Gini", "score", 0.87, 0.871, 0.001, -0.004, 0.006, "lower", "", "no evidence"),
)


def audit_content(**changes: Any) -> AuditContent:
    """Everything that a page can show."""
    known: dict[str, Any] = {
        "title": "Made-up shop",
        "created_at": "2026-01-01 00:00 UTC",
        "version": "0.0.0",
        "counts": {"items": ITEMS, "events": EVENTS, "users": 610, "searches": 41_000},
        "measures": MEASURES,
        "tables": behavior() | searches() | fields(),
        "findings": FINDINGS,
        "gaps": pa.Table.from_pylist(list(GAPS), schema=GAP_SCHEMA),
        "members": pa.Table.from_pylist(
            [{"gap_id": gap_id, "id": one, "demand": 1.0} for gap_id, one in MEMBERS], schema=MEMBER_SCHEMA
        ),
        "definitions": TERMS,
        "notes": ("These data were made up.",),
        "changes": CHANGES,
        "compared_with": "the audit of last month",
    }
    return AuditContent(**known | changes)
