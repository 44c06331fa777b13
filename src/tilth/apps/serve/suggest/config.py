"""`[serve.suggest]`."""

import urllib.parse
from typing import Literal

import msgspec

from tilth.client.messages import MAX_HISTORY, MAX_SUGGESTIONS
from tilth.errors import ConfigError


class SuggestConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How suggestions are served."""

    limit: int = 10
    """Suggestions where a request does not say how many."""
    max_limit: int = 20
    """Who asks for more gets so many."""
    items: int = 5
    """Instant results; 0: none."""
    items_from: int = 2
    """Characters typed before instant results are looked for."""
    blend: Literal["usefulness", "positions"] = "usefulness"
    """What decides whether a suggestion or an instant result comes next: which of the two is expected to be more
    useful, or `positions` alone. An item of the very title that was typed stands first, always."""
    positions: int = 3
    """Suggestions above the first instant result: at most so many by usefulness, else just so many."""
    explore_share: float = 0.0
    """This share of contexts, prefixes and days is shown one suggestion of a cold category."""
    explore_position: int = 3
    """Where it stands, from 1: it never takes the first place."""
    explore_salt: str = "explore"
    """Another salt draws another share."""
    cold: list[str] | Literal["auto"] = "auto"
    """Cold categories; by themselves those whose suggestions nobody has typed, where others have some that were."""
    personal: float = 1.0
    """Added to the score of suggestions in the category that a context's own words lead to; 0: nothing is."""
    history: int = 2
    """Past queries, of those that a request brings along, that are offered first; 0: none is."""
    deadline_ms: float | Literal["none"] = 50.0
    """What is not found by then is left out. A request may ask for less in `Tilth-Deadline-Ms`."""
    cache_s: int = 30
    """How long a browser may show an answer again, if no past queries came with the request; 0: never."""
    origins: list[str] = []
    """Other sites whose pages may ask, as `https://shop.example`; `*` allows all."""
    demo: bool = False
    """Whether there is a search page to try, at /demo."""

    @property
    def deadline(self) -> float | None:
        """Milliseconds; None where there is none."""
        return None if self.deadline_ms == "none" else float(self.deadline_ms)


def check_suggest(config: SuggestConfig, path: str) -> None:
    """Raises:
    ConfigError: an origin is none. Numbers are looked at with those of [serve].
    """
    for origin in config.origins:
        if not origin_is_valid(origin):
            hint = "scheme and host, and the port where it is not the usual one, such as https://shop.example"
            raise ConfigError(f"{path}: [serve.suggest] origins: {origin!r} is none\n  hint: {hint}")


def origin_is_valid(origin: str) -> bool:
    """Whether browsers can send it as Origin."""
    if origin == "*":
        return True
    try:
        parts = urllib.parse.urlsplit(origin)
        valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = f"{parts.scheme}://{parts.netloc}"
    return valid and parts.scheme in ("http", "https") and bool(parts.hostname) and plain == origin.lower() == origin


def ranges(config: SuggestConfig) -> list[tuple[str, float | None, float, float]]:
    """Name, value, least and most of each number."""
    place = "[serve.suggest] "
    return [
        (f"{place}limit", config.limit, 1, config.max_limit),
        (f"{place}max_limit", config.max_limit, 1, MAX_SUGGESTIONS),
        (f"{place}items", config.items, 0, 50),
        (f"{place}items_from", config.items_from, 1, 100),
        (f"{place}positions", config.positions, 0, MAX_SUGGESTIONS),
        (f"{place}explore_share", config.explore_share, 0, 0.5),
        (f"{place}explore_position", config.explore_position, 2, MAX_SUGGESTIONS),
        (f"{place}personal", config.personal, 0, 1_000),
        (f"{place}history", config.history, 0, MAX_HISTORY),
        (f"{place}deadline_ms", config.deadline, 1, 3_600_000),
        (f"{place}cache_s", config.cache_s, 0, 86_400),
    ]
