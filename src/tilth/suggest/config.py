"""`[suggest]`: where candidates come from, which may be shown, and what they are worth before anybody asked."""

import string
from typing import Literal

import msgspec

from tilth.errors import ConfigError

Intent = Literal["topic", "genre", "mood", "situation", "audience", "goal", "format"]


class TitleConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.titles]`: phrases out of the titles of items."""

    max_words: int = 4
    """Words of a phrase, at most; 0 takes nothing from titles."""
    min_items: int = 2
    """So many titles must hold a phrase; a whole title of `max_words` words or fewer needs only itself."""
    most: int = 1_000_000
    """Phrases that are kept; of more, those that most titles hold."""


class FacetConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.facets]`: values of columns and attributes, alone and with the category."""

    columns: list[str] = []
    """Columns under `[data.items] keep`, or attributes that `tilth enrich attributes` read; `category` is one too."""
    with_category: bool = True
    """Combine values with the category too."""
    min_items: int = 3
    """So many items must share a combination."""
    separator: str = "|"
    """Between the values of one column."""


class LogConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.log]`: queries that people typed."""

    min_users: int = 5
    """The privacy floor: what fewer people asked for is neither offered nor written down. 0 only for logs that name
    nobody."""
    pause_s: float = 5.0
    """Searches that are further apart are not typed in one go."""
    session_gap_minutes: float = 30.0
    max_continuation: float = 0.5
    """A text that people type on more often than so is the beginning of a query, not one."""
    half_life_days: float = 30.0
    """After so long a search counts half."""
    max_searches_a_day: int = 500
    """Who makes more is a machine, and left out."""
    related: int = 10
    """Queries that "people also search for", at most."""


class GenerateConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.generate]`: queries that an LLM writes for items nothing else reaches."""

    llm: str | None = None
    """Name of the `[llm.NAME]` section that writes."""
    languages: tuple[str, ...] = ("en",)
    """Codes such as "en" or "de"."""
    intents: tuple[Intent, ...] = ("topic", "genre", "mood", "situation", "audience", "goal", "format")
    queries: int = 4
    """Queries for each item and language, at most."""
    forbidden: int = 8
    """So many of an item's most distinctive words may not stand in its queries."""
    max_chars: int = 2000
    """Of an item's text that are shown."""


class FilterConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.filter]`: what may be shown."""

    safety: str | None = None
    """TOML file with the lists `deny` and `allow`, relative to tilth.toml."""
    min_chars: int = 3
    max_chars: int = 60
    max_words: int = 8
    scripts: list[str] = []
    """Such as "LATIN" or "CYRILLIC", as Unicode names them; any if empty."""
    depth: int = 50
    """Results that are looked at."""
    min_others: int = 2
    """So many items beside its source a facet's, a rule's or an LLM's query must bring back."""
    match: float = 0.5
    """Share of a query's words that a result must hold to count."""
    same_results: float = 0.9
    """Queries with a word in common whose ten best results overlap so much (Jaccard) are one; above 1: never."""


class PriorConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.prior]`: the order of suggestions where no ranker has learned one."""

    log: float = 1.0
    title: float = 0.5
    facet: float = 0.4
    rule: float = 0.3
    llm: float = 0.2
    """Trust in each source."""
    supply: float = 0.1
    """What the logarithm of the number of items counts beside that of the searches."""


class RankConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest.rank]`: the order of what begins as was typed."""

    use: Literal["auto", "prior", "learned"] = "auto"
    """The order that `tilth suggest evaluate` has learned: where it paid on later searches ("auto"), or whatever it did
    ("learned"); else by score alone ("prior")."""


class SuggestConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[suggest]`."""

    titles: TitleConfig = TitleConfig()
    facets: FacetConfig = FacetConfig()
    rules: dict[str, str] = {}
    """Templates by name, such as `covers = "{creator} covers"`: each value, or combination of values, that at least
    `facets.min_items` items have gives a candidate."""
    log: LogConfig = LogConfig()
    generate: GenerateConfig = GenerateConfig()
    filter: FilterConfig = FilterConfig()
    prior: PriorConfig = PriorConfig()
    rank: RankConfig = RankConfig()


def check_suggest(config: SuggestConfig) -> None:
    """Raises ConfigError where a value is out of range, or a rule names no column."""
    least = {
        "titles": {"max_words": 0, "min_items": 1, "most": 1},
        "facets": {"min_items": 1},
        "log": {"min_users": 0, "pause_s": 0, "session_gap_minutes": 0, "max_searches_a_day": 1, "related": 0},
        "generate": {"queries": 1, "forbidden": 0, "max_chars": 1},
        "filter": {"min_chars": 1, "max_chars": 1, "max_words": 1, "depth": 1, "min_others": 0, "same_results": 0},
        "prior": {"log": 0, "title": 0, "facet": 0, "rule": 0, "llm": 0, "supply": 0},
    }
    for section, bounds in least.items():
        for name, low in bounds.items():
            value = getattr(getattr(config, section), name)
            if not low <= value < float("inf"):
                raise ConfigError(f"[suggest.{section}] {name} must be {low} or more, not {value}")
    if not 0 < config.log.half_life_days < float("inf"):
        raise ConfigError(f"[suggest.log] half_life_days must be above 0, not {config.log.half_life_days}")
    for place, share in (
        ("log] max_continuation", config.log.max_continuation),
        ("filter] match", config.filter.match),
    ):
        if not 0 <= share <= 1:
            raise ConfigError(f"[suggest.{place} must lie between 0 and 1, not {share}")
    if not config.generate.languages or not config.generate.intents:
        raise ConfigError("[suggest.generate] needs at least one of `languages` and one of `intents`")
    for name, template in config.rules.items():
        if not columns_of(template):
            raise ConfigError(f'[suggest.rules] {name}: names no column\n  hint: such as "{{creator}} covers"')


def columns_of(template: str) -> list[str]:
    """The columns that a template names, in order.

    Raises:
        ConfigError: the template cannot be read.
    """
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as exc:
        raise ConfigError(f"[suggest.rules] '{template}': {exc}") from exc
    names = [name for _, name, _, _ in pieces if name is not None]
    if any(not name or spec or kind for _, name, spec, kind in pieces if name is not None):
        raise ConfigError(f"[suggest.rules] '{template}': write columns as {{name}}, and nothing more")
    return list(dict.fromkeys(names))
