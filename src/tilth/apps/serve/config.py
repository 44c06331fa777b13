"""`[serve]`."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from tilth.apps.serve.suggest.config import SuggestConfig, check_suggest, ranges
from tilth.apps.serve.understand.config import UnderstandConfig
from tilth.errors import ConfigError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class KeyConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[serve.keys]]`, as `tilth serve key` prints it: who asks, and the hash of the key."""

    name: str
    hash: str


class GuardConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[serve.guards]`: what keeps a wrong filter from doing harm."""

    shadow: bool = False
    """Decide and log, but drop nothing."""
    max_removed_share: float = 1.0
    """At most this share of a request's candidates is dropped; the least bad of the others stay."""
    min_kept: int = 0
    """At least this many of a request's candidates are kept, if it has as many."""
    holdout_share: float = 0.0
    """This share of contexts, always the same ones, is never filtered."""
    holdout_salt: str = "holdout"
    """Another salt draws another share."""
    audit_share: float = 0.0
    """This share of decisions, drawn at random, is written out for people to judge."""


class LogConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[serve.log]`: what is written down, below `work/serve`. Nothing of it is waited for."""

    access: Literal["stdout", "file", "off"] = "stdout"
    """One JSON line a request; `file` is `access.jsonl`, started afresh at 64 MB with one older file kept."""
    decisions: bool = True
    """Every decision, in Parquet files below `decisions/`."""
    suggestions: bool = True
    """What was typed and what was shown for it, in Parquet files below `suggestions/`."""
    rotate_s: float = 300.0
    """A file of decisions is finished after this time ..."""
    rotate_rows: int = 200_000
    """... or this many rows."""
    max_mb: float = 1024.0
    """Beyond this the oldest files of decisions are removed, and those of suggestions."""
    queue: int = 1_000
    """Requests that may wait to be written; more are counted and not written."""


class ServeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the filter, suggestions and query understanding are served."""

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 1
    """Processes. One core each keeps busy; entities are shared between them."""
    keys: list[KeyConfig] = []
    """Who may ask. None: everybody, which is allowed on this machine only, unless `open` says otherwise."""
    open: bool = False
    threshold: float | None = None
    """Drop from this probability on, in place of the certified threshold."""
    deadline_ms: float | Literal["none"] = 200.0
    """Candidates that are not scored by then are kept. A request may ask for less in `Tilth-Deadline-Ms`."""
    max_body_kb: int = 4096
    stop_s: int = 10
    """How long a stopping worker may take to finish what it has begun."""
    guards: GuardConfig = GuardConfig()
    suggest: SuggestConfig = SuggestConfig()
    understand: UnderstandConfig = UnderstandConfig()
    log: LogConfig = LogConfig()

    @property
    def deadline(self) -> float | None:
        """Milliseconds; None where there is none."""
        return None if self.deadline_ms == "none" else float(self.deadline_ms)


class _Project(msgspec.Struct, frozen=True):
    work: str = "work"


class _Settings(msgspec.Struct, frozen=True):
    """The two sections of tilth.toml that a server looks at; the others may name files that it does not have."""

    project: _Project = _Project()
    serve: ServeConfig = ServeConfig()


def load_serve_config(path: Path) -> tuple[ServeConfig, Path]:
    """`[serve]` and the work folder of a tilth.toml.

    Raises:
        ConfigError: the file cannot be read, or a setting is wrong.
    """
    try:
        settings = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Settings)
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}") from exc
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(f"{path}: is not TOML: {exc}") from exc
    except msgspec.ValidationError as exc:
        raise ConfigError(f"{path}: [serve]: {exc}") from exc
    check_serve(settings.serve, str(path))
    return settings.serve, path.parent / settings.project.work


def check_serve(config: ServeConfig, path: str) -> None:
    """Raises:
    ConfigError: a setting is out of its range, or the server would be open to everybody by mistake.
    """
    guards, log = config.guards, config.log
    between = [
        ("[serve] port", config.port, 1, 65_535),
        ("[serve] workers", config.workers, 1, 1_024),
        ("[serve] threshold", config.threshold, 0, 1),
        ("[serve] deadline_ms", config.deadline, 1, 3_600_000),
        ("[serve] max_body_kb", config.max_body_kb, 1, 1_048_576),
        ("[serve] stop_s", config.stop_s, 1, 3_600),
        ("[serve.guards] max_removed_share", guards.max_removed_share, 0, 1),
        ("[serve.guards] min_kept", guards.min_kept, 0, 1_000),
        ("[serve.guards] holdout_share", guards.holdout_share, 0, 1),
        ("[serve.guards] audit_share", guards.audit_share, 0, 1),
        ("[serve.log] rotate_s", log.rotate_s, 1, 86_400),
        ("[serve.log] rotate_rows", log.rotate_rows, 1, 100_000_000),
        ("[serve.log] max_mb", log.max_mb, 1, 1e9),
        ("[serve.log] queue", log.queue, 1, 1_000_000),
        *ranges(config.suggest),
        ("[serve.understand] deadline_ms", config.understand.deadline, 1, 3_600_000),
    ]
    for place, value, low, high in between:
        # Written so that a NaN fails it too.
        if value is not None and not low <= value <= high:
            raise ConfigError(f"{path}: {place} must lie between {low:g} and {high:g}, not {value}")
    check_suggest(config.suggest, path)
    if len({key.name for key in config.keys}) < len(config.keys):
        raise ConfigError(f"{path}: [[serve.keys]]: two keys have one name")
    for key in config.keys:
        if not name_is_valid(key.name):
            raise ConfigError(f"{path}: [[serve.keys]]: {key.name!r} is no name")
        if not key_hash_is_valid(key.hash):
            hint = "make a key with `tilth serve key NAME`"
            raise ConfigError(f"{path}: [[serve.keys]] '{key.name}': hash is none\n  hint: {hint}")
    if config.host not in LOOPBACK and not config.keys and not config.open:
        hint = "make a key with `tilth serve key NAME`, or allow everybody to ask with `open = true`"
        raise ConfigError(f"{path}: [serve] host {config.host} is open to others and no keys are set\n  hint: {hint}")


def name_is_valid(name: str) -> bool:
    """Whether it can stand in a log: characters that can be shown, and some besides spaces."""
    return 0 < len(name) <= 100 and name.isprintable() and name == name.strip()


def key_hash_is_valid(text: str) -> bool:
    """Whether it is `sha256:<salt>:<digest>`, as `keys.new_key` makes it."""
    kind, _, rest = text.partition(":")
    salt, _, digest = rest.partition(":")
    return (
        kind == "sha256" and len(salt) == 32 and len(digest) == 64 and not set(salt + digest) - set("0123456789abcdef")
    )
