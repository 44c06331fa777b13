"""The `[data]` section: where the user's files are and which of their columns are which field of a record."""

import msgspec


class EntitySource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data.contexts]` or `[data.items]`."""

    path: str
    """CSV, JSONL or Parquet file (plain, .gz or .zst): a path relative to tilth.toml, or a URL."""
    id: str
    """Column with the id."""
    title: str | None = None
    """Column with a short name: a job title, a query."""
    text: list[str] = []
    """Columns whose values, joined, are the text."""
    keep: list[str] = []
    """Further columns to carry along untouched."""
    repeated: bool = False
    """The same entity may stand on several rows (as in a file of pairs): the first row is taken."""
    category: str | None = None
    """Column with the category; a path of them is split at `category_separator`."""
    category_separator: str | None = None
    """What stands between the levels of a category path, such as " > "."""
    created_at: str | None = None
    """Column with the time the entity came to be: ISO 8601, or seconds or milliseconds since 1970."""


class PairSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data.pairs]`."""

    path: str
    context_id: str
    item_id: str
    weight: str | None = None
    """Column with 1 / probability that the pair was sampled."""
    keep: list[str] = []


class JudgmentSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data.gold]` or one of `[[data.judgments]]`: labels that somebody or something gave before."""

    path: str
    context_id: str
    item_id: str
    source: str
    """`<kind>:<name>`, kind one of human, model, rule, weak, synthetic. `{column}` stands for that column's value."""
    grade: str
    p: str | None = None
    """Column with the probability of the positive class, 0 to 1."""
    reasons: str | None = None
    raw: str | None = None
    part: str | None = None
    """Column that says to which part of the gold a context belongs: few-shot, calibration or test."""
    prompt_tokens: str | None = None
    completion_tokens: str | None = None
    cost_usd: str | None = None
    latency_s: str | None = None


class EventSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data.events]`: the interaction log, a row for each event."""

    path: str
    """A file, a folder of them, or a pattern such as `logs/*.parquet`."""
    user_id: str
    item_id: str
    kind: str = "interaction"
    """What was done: a word for all rows, or `{column}` for that column's value."""
    ts: str | None = None
    """Column with the time: ISO 8601 (with or without an offset), days such as 20141212, or seconds, milliseconds or
    microseconds since 1970."""
    value: str | None = None
    """Column with a number that came with it, such as a rating."""
    timezone: str = "UTC"
    """Of times that name none."""


class SearchSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data.searches]`: the query log, a row for each search, or for each item that was shown or clicked."""

    path: str
    """A file, a folder of them, or a pattern such as `logs/*.parquet`."""
    query: str
    session_id: str | None = None
    user_id: str | None = None
    ts: str | None = None
    results: str | None = None
    """Column with how many items were found."""
    shown: str | None = None
    """Column with the ids of the items that were shown (a list, or text split at `|`)."""
    clicked: str | None = None
    """Column with the ids of the items that were clicked, likewise."""
    value: str | None = None
    """Column with a number that says how well the item did, such as a relevance or a dwell time."""
    success_from: float | None = None
    """A row's `clicked` counts only where `value` is at least this."""
    timezone: str = "UTC"


class DataConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data]`."""

    items: EntitySource
    contexts: EntitySource | None = None
    pairs: PairSource | None = None
    events: EventSource | None = None
    searches: SearchSource | None = None
    gold: JudgmentSource | None = None
    judgments: list[JudgmentSource] = []
    max_rejected: float = 0.1
    """Share of a file's rows that may be unusable before a step refuses to go on."""
