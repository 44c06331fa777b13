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


class DataConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[data]`."""

    contexts: EntitySource
    items: EntitySource
    pairs: PairSource
    gold: JudgmentSource | None = None
    judgments: list[JudgmentSource] = []
    max_rejected: float = 0.1
    """Share of a file's rows that may be unusable before a step refuses to go on."""
