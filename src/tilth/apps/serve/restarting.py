"""What a server was started with and a reload does not change."""

from typing import Any

import msgspec

from tilth.apps.serve.config import ServeConfig
from tilth.apps.serve.places import Places

SETTINGS = ("host", "port", "workers", "stop_s", "log")


def write_started(places: Places, config: ServeConfig) -> None:
    places.started.write_bytes(msgspec.json.encode(_settings(config)))


def restart_needed(places: Places, config: ServeConfig) -> list[str]:
    """Settings that are others now than when the server started, as `[serve.log] rotate_s`; they count from its next
    start on."""
    try:
        before: dict[str, Any] = msgspec.json.decode(places.started.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError):
        return []
    now = _settings(config)
    changed = [f"[serve] {name}" for name in SETTINGS if name != "log" and now[name] != before.get(name)]
    logs = before.get("log", {})
    return changed + [f"[serve.log] {name}" for name, value in now["log"].items() if value != logs.get(name)]


def _settings(config: ServeConfig) -> dict[str, Any]:
    return {name: msgspec.to_builtins(getattr(config, name)) for name in SETTINGS}
