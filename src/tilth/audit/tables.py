"""The tables of an audit, by name. Shares lie between 0 and 1, money is in US dollars, lengths of time are in days."""

import pyarrow as pa

_TS = pa.timestamp("us", tz="UTC")


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in fields.items()])


ITEMS = _schema(
    item_id=pa.string(),
    title=pa.string(),
    category=pa.string(),
    events=pa.int64(),
    users=pa.int64(),
    exposures=pa.int64(),
    first_ts=_TS,
    last_ts=_TS,
    created_at=_TS,
    band=pa.string(),
)
"""One row per item of the catalog, in its order. `events` counts interactions; `band` is 0, 1, 2-10 or >10."""

BANDS = _schema(band=pa.string(), items=pa.int64(), share=pa.float64(), events_share=pa.float64())
"""Items by how many interactions they have: 0, 1, 2-10, >10."""

LORENZ = _schema(items_share=pa.float64(), events_share=pa.float64())
"""Points of the Lorenz curve, at most 201, least popular items first."""

POPULARITY = _schema(low=pa.int64(), high=pa.int64(), items=pa.int64(), events=pa.int64())
"""The long tail: items whose count of interactions lies between low and high, both included; powers of two."""

ACTIVITY = _schema(low=pa.int64(), high=pa.int64(), users=pa.int64(), events=pa.int64())
"""Users by how many interactions they have, like POPULARITY."""

WINDOWS = _schema(
    start=_TS,
    end=_TS,
    events=pa.int64(),
    users=pa.int64(),
    items=pa.int64(),
    new_items=pa.int64(),
    cold_share=pa.float64(),
    head_share=pa.float64(),
    gini=pa.float64(),
    partial=pa.bool_(),
)
"""Time windows. `cold_share` is the share of the items there were by `end` that had no interaction by then;
`new_items` appeared in the window. `partial`: the log does not cover it whole."""

NEWNESS = _schema(
    start=_TS,
    items=pa.int64(),
    with_any=pa.int64(),
    reached_k=pa.int64(),
    median_days_to_first=pa.float64(),
    median_days_to_k=pa.float64(),
)
"""New items by the window they appeared in. Medians are Kaplan-Meier ones over all items of the window, those that
never got there counted as such; null where fewer than half did."""

CATEGORIES = _schema(
    category=pa.string(),
    items=pa.int64(),
    items_share=pa.float64(),
    events=pa.int64(),
    events_share=pa.float64(),
    exposures=pa.int64(),
    users=pa.int64(),
    cold_items=pa.int64(),
    cold_share=pa.float64(),
    gini=pa.float64(),
)

HEAT = _schema(category=pa.string(), start=_TS, events=pa.int64(), share=pa.float64())
"""Interactions by category and window; `share` is of the window."""

FIELDS = _schema(
    category=pa.string(),
    field=pa.string(),
    items=pa.int64(),
    missing=pa.int64(),
    short=pa.int64(),
    duplicate=pa.int64(),
    boilerplate=pa.int64(),
    wrong_language=pa.int64(),
    markup=pa.int64(),
    garbled=pa.int64(),
    thin=pa.int64(),
)
"""Per category and field: how many items have it missing, short, ...; `thin` counts items with any of the problems
from missing to wrong_language, for an attribute only where at least half of the category's items have it, and five.
`category` "" is the whole catalog, "(none)" are items without one."""

THIN_ITEMS = _schema(
    item_id=pa.string(), category=pa.string(), field=pa.string(), problem=pa.string(), chars=pa.int64()
)
"""One row per item, field and problem: missing, short, duplicate, boilerplate, wrong_language, markup, garbled. Of an
attribute only where it counts as thin. `chars` is what a reader sees of the field."""

QUERY_BANDS = _schema(
    band=pa.string(),
    queries=pa.int64(),
    queries_share=pa.float64(),
    searches=pa.int64(),
    searches_share=pa.float64(),
    zero_result_share=pa.float64(),
    zero_click_share=pa.float64(),
)
"""Head (the most frequent queries that make a third of the traffic), torso (the next third), tail (the rest)."""

QUERIES = _schema(
    query=pa.string(),
    normal=pa.string(),
    searches=pa.int64(),
    users=pa.int64(),
    band=pa.string(),
    zero_results=pa.int64(),
    clicks=pa.int64(),
    reformulated=pa.int64(),
    reach=pa.string(),
    nearest=pa.float64(),
    likely_misspelled=pa.bool_(),
    unmet=pa.string(),
)
"""One row per distinct query in normal form, most frequent first; `query` is its commonest spelling. `users` are
sessions where users are not known. `clicks` counts searches with a click, and is null where clicks were not logged, as
`zero_results` is where results were not; `reformulated` is null where there are no sessions. `reach` is what searching
the catalog for it gives: "none", "weak" (no item has all of its words) or "full"; null where it was not searched for.
`nearest` is the share of the query's word weight (IDF) that the best item covers. `unmet` is the cluster (of UNMET) of
a query that is near no item or mostly found nothing, null for others and where it was not searched for."""

QUERY_TAIL = _schema(rank=pa.int64(), searches=pa.int64(), cumulative_share=pa.float64())
"""At most 200 ranks, evenly spaced on a logarithmic scale."""

REACH = _schema(category=pa.string(), items=pa.int64(), unreached=pa.int64(), unreached_share=pa.float64())
"""Items that no logged query brings back among the first results, per category."""

UNREACHED_ITEMS = _schema(item_id=pa.string(), category=pa.string())

UNMET = _schema(
    cluster=pa.string(),
    queries=pa.int64(),
    searches=pa.int64(),
    searches_share=pa.float64(),
    zero_results=pa.int64(),
    examples=pa.list_(pa.string()),
    best_category=pa.string(),
)
"""Demand without supply: queries that were searched for and are near no item (and led to no click, mostly), or found
nothing (mostly), in clusters that share a word the nearest item lacks; `cluster` is that word, "(other)" the queries
that share none. Most searches first. `zero_results` are searches that found nothing, null where that was not logged;
`best_category` is where most of the demand comes nearest, null where nothing does."""

SUPPLY = _schema(
    category=pa.string(),
    items=pa.int64(),
    items_share=pa.float64(),
    searches=pa.float64(),
    demand_share=pa.float64(),
    unreached_share=pa.float64(),
    unasked=pa.bool_(),
)
"""Supply against demand per category: each search is split evenly over the nearest items it finds. `unasked`: the
share of the demand is less than a tenth of the share of the items."""

FEEDBACK = _schema(kind=pa.string(), role=pa.string(), events=pa.int64(), share=pa.float64(), users=pa.int64())
"""Events by kind; `role` is exposure, interaction, positive or negative."""

TRUST = _schema(
    signal=pa.string(),
    pairs=pa.int64(),
    agree=pa.int64(),
    precision=pa.float64(),
    low=pa.float64(),
    high=pa.float64(),
)
"""Where a user gave explicit and implicit feedback on the same item: how often the implicit signal said the same."""

SCHEMAS: dict[str, pa.Schema] = {
    "items": ITEMS,
    "bands": BANDS,
    "lorenz": LORENZ,
    "popularity": POPULARITY,
    "activity": ACTIVITY,
    "windows": WINDOWS,
    "newness": NEWNESS,
    "categories": CATEGORIES,
    "heat": HEAT,
    "fields": FIELDS,
    "thin_items": THIN_ITEMS,
    "query_bands": QUERY_BANDS,
    "queries": QUERIES,
    "query_tail": QUERY_TAIL,
    "reach": REACH,
    "unreached_items": UNREACHED_ITEMS,
    "unmet": UNMET,
    "supply": SUPPLY,
    "feedback": FEEDBACK,
    "trust": TRUST,
}
