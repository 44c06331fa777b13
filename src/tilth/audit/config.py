"""`[audit]`: what counts as what, and how much is looked at."""

import re
from typing import Literal

import msgspec

from tilth.errors import ConfigError


class KindsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[audit.kinds]`: which kinds of events mean what. A kind that stands nowhere is an interaction, no more."""

    exposure: tuple[str, ...] = ("impression", "shown")
    """The item was shown; this alone is no interaction."""
    positive: tuple[str, ...] = ("click", "apply", "save", "purchase", "add_to_cart", "thumbs_up", "like", "share")
    negative: tuple[str, ...] = ("thumbs_down", "dislike", "hide", "unsubscribe", "report")
    """Explicit negatives."""
    opinion: tuple[str, ...] = ("thumbs_up", "like", "upvote")
    """Explicit positives: what was said, where the other positive kinds are what was done."""
    rating: tuple[str, ...] = ("rating", "rate", "review", "stars")
    """`value` is the user's opinion in a number."""


class FieldsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[audit.fields]`: when a field of an item counts as thin."""

    short_chars: dict[str, int] = msgspec.field(default_factory=lambda: {"title": 10, "text": 80})
    """Below so many characters a text is short; fields that are not named are never short."""
    boilerplate_share: float = 0.05
    """A sentence that stands in more than this share of a category's texts (and in at least five) is boilerplate."""
    language: str | None = None
    """The language that texts should be in (ISO 639-1, such as "en"). Left out: the one that most are in."""


class AuditConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[audit]`."""

    kinds: KindsConfig = KindsConfig()
    fields: FieldsConfig = FieldsConfig()
    window: Literal["day", "week", "month", "quarter", "year"] | None = None
    """Length of the time windows. Left out: the one of which the log has between 12 and 60, or nearest to that."""
    first_k: int = 10
    """Interactions after which an item no longer counts as new."""
    head_share: float = 0.2
    """Share of items, by popularity, that is the short head (Abdollahpouri et al. 2019)."""
    like_from: float | None = None
    """Ratings from here on are likes. Left out: above the user's own mean."""
    dislike_below: float | None = None
    """Ratings below this are explicit negatives. Left out: none are."""
    bot_share: float = 0.01
    """A user with more than this share of all events (and over 1,000 of them) is reported as a likely bot."""
    session_gap_minutes: float = 30
    """Searches of a user that lie further apart are different sessions, where no session id is given."""
    reformulation_minutes: float = 5
    """A similar query within this time is the need in other words (Hassan et al. 2013 found five minutes to tell)."""
    unmet_below: float = 0.5
    """A query is near no item where the best one has less than this share of its words, weighted by how rare they are.
    """
    search_top_k: int = 20
    """So many results of a query count as reached."""
    queries_searched: int = 20_000
    """At most so many distinct queries are searched for in the embedded index: half of them the most frequent, half
    drawn at random from the rest."""
    category_level: int | None = None
    """How many levels of a category path to keep. Left out: all."""
    max_categories: int = 50
    """Categories listed by name; smaller ones together are "(other)"."""


def check_audit(config: AuditConfig) -> None:
    """Raises ConfigError where a value is out of range."""
    at_least = (
        ("first_k", 1),
        ("session_gap_minutes", 0),
        ("reformulation_minutes", 0),
        ("search_top_k", 1),
        ("queries_searched", 1),
        ("max_categories", 1),
        ("category_level", 1),
    )
    for name, least in at_least:
        value = getattr(config, name)
        if value is not None and not value >= least:
            raise ConfigError(f"[audit] {name} must be at least {least}, not {value}")
    shares = {
        "[audit] head_share": config.head_share,
        "[audit] bot_share": config.bot_share,
        "[audit] unmet_below": config.unmet_below,
        "[audit.fields] boilerplate_share": config.fields.boilerplate_share,
    }
    for place, value in shares.items():
        if not 0 < value < 1:
            raise ConfigError(f"{place} must lie between 0 and 1, not {value}")
    language = config.fields.language
    if language is not None and not re.fullmatch("[a-z]{2,3}", language):
        raise ConfigError(f'[audit.fields] language must be an ISO 639-1 code such as "en", not "{language}"')
