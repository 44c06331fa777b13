"""[serve]: what is refused, and keys."""

import json
import re
from pathlib import Path

import pytest
from serve_world import PROJECT

from tilth.apps.serve.config import GuardConfig, KeyConfig, LogConfig, ServeConfig, load_serve_config
from tilth.apps.serve.keys import new_key, owner
from tilth.apps.serve.places import Places
from tilth.apps.serve.restarting import restart_needed, write_started
from tilth.apps.serve.suggest.config import SuggestConfig
from tilth.apps.serve.understand.config import UnderstandConfig
from tilth.config import load_config
from tilth.errors import ConfigError

SECTIONS = ("guards", "suggest", "understand", "log")
HASH = "sha256:" + "0" * 32 + ":" + "a" * 64


def put(tmp_path: Path, serve: str) -> Path:
    (tmp_path / "tilth.toml").write_text(PROJECT + serve)
    return tmp_path / "tilth.toml"


def test_what_a_server_reads_is_what_a_project_reads(tmp_path: Path) -> None:
    path = put(tmp_path, '[project]\nwork = "w"\n[serve]\nport = 9999\n[serve.guards]\nmin_kept = 3\n')
    config, work = load_serve_config(path)
    assert config == load_config(path).serve
    assert (config.port, config.guards.min_kept, work) == (9999, 3, tmp_path / "w")


@pytest.mark.parametrize(
    ("serve", "message"),
    [
        ("[serve]\nport = 0", r"\[serve\] port must lie between 1 and 65535, not 0"),
        ("[serve]\ndeadline_ms = 0", r"\[serve\] deadline_ms must lie between 1 and 3.6e\+06, not 0"),
        ("[serve]\ndeadline_ms = 'off'", "Invalid enum value 'off'"),
        ("[serve]\nthreshold = nan", "threshold must lie between 0 and 1, not nan"),
        ("[serve.guards]\nholdout_share = 2.0", r"\[serve.guards\] holdout_share must lie between 0 and 1"),
        ("[serve.suggest]\nexplore_share = 0.6", r"\[serve.suggest\] explore_share must lie between 0 and 0.5"),
        ("[serve.suggest]\nexplore_position = 1", "explore_position must lie between 2 and 100"),
        ("[serve.suggest]\nhistory = 21", r"\[serve.suggest\] history must lie between 0 and 20, not 21"),
        ("[serve.suggest]\nlimit = 30", "limit must lie between 1 and 20"),
        ("[serve.suggest]\norigins = ['shop.example']", "'shop.example' is none\n  hint: scheme and host"),
        ("[serve.suggest]\norigins = ['https://shop.example/']", "is none"),
        ("[serve.suggest]\norigins = ['https://shop.example:port']", "is none"),
        ('[serve]\nhost = "0.0.0.0"', "open to others and no keys are set\n  hint: make a key"),
        ('[[serve.keys]]\nname = "a"\nhash = "secret"', "'a': hash is none\n  hint: make a key"),
        (f'[[serve.keys]]\nname = "a"\nhash = "{HASH}"\n' * 2, "two keys have one name"),
        ("[serve]\nprot = 1", "prot"),
        ("[serve]\nport = 'x'", "Expected `int`"),
        ("[serve", "is not TOML"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, serve: str, message: str) -> None:
    path = put(tmp_path, serve)
    with pytest.raises(ConfigError, match=message):
        load_serve_config(path)
    with pytest.raises(ConfigError):
        load_config(path)


@pytest.mark.parametrize(
    ("serve", "expected"), [("", 200.0), ("deadline_ms = 50", 50.0), ('deadline_ms = "none"', None)]
)
def test_there_is_a_deadline_unless_it_is_called_off(tmp_path: Path, serve: str, expected: float | None) -> None:
    assert load_serve_config(put(tmp_path, f"[serve]\n{serve}\n"))[0].deadline == expected


def test_open_servers_must_say_so(tmp_path: Path) -> None:
    assert load_serve_config(put(tmp_path, '[serve]\nhost = "0.0.0.0"\nopen = true\n'))[0].open
    keys = f'[serve]\nhost = "0.0.0.0"\n[[serve.keys]]\nname = "a"\nhash = "{HASH}"\n'
    assert load_serve_config(put(tmp_path, keys))[0].keys == [KeyConfig("a", HASH)]


def test_what_a_reload_does_not_change_is_named(tmp_path: Path) -> None:
    places, started = Places(tmp_path), ServeConfig(port=9000)
    assert restart_needed(places, started) == [], "never started"
    places.folder.mkdir()
    write_started(places, started)
    assert restart_needed(places, ServeConfig(port=9000, deadline_ms=5, max_body_kb=1, threshold=0.5)) == []
    now = ServeConfig(port=9001, workers=2, log=LogConfig(rotate_s=5))
    assert restart_needed(places, now) == ["[serve] port", "[serve] workers", "[serve.log] rotate_s"]


@pytest.mark.parametrize("name", ["", " ", " a", "a\nb", "a\x00", "x" * 101])
def test_a_key_needs_a_name_that_can_be_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot name a key"):
        new_key(name)
    with pytest.raises(ConfigError, match="is no name"):
        load_serve_config(put(tmp_path, f'[[serve.keys]]\nname = {json.dumps(name)}\nhash = "{HASH}"\n'))


def test_a_key_opens_only_what_it_belongs_to() -> None:
    first, stored_first = new_key("mailer")
    second, stored_second = new_key("app")
    keys = [stored_first, stored_second]
    assert [owner(key, keys) for key in (first, second)] == ["mailer", "app"]
    assert [owner(key, keys) for key in ("", first[:-1], first.upper(), "schlüssel")] == [None] * 4
    assert first not in stored_first.hash
    assert new_key("mailer")[0] != first


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("serve", ServeConfig),
        ("serve.guards", GuardConfig),
        ("serve.suggest", SuggestConfig),
        ("serve.understand", UnderstandConfig),
        ("serve.log", LogConfig),
    ],
)
def test_the_page_names_every_setting_with_its_default(section: str, kind: type) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")
    table = page.partition(f"| `[{section}]` | default | |\n| --- | --- | --- |\n")[2].partition("\n\n")[0]
    told: dict[str, object] = {}
    for row in table.splitlines():
        _, names, defaults, *_ = row.split("|")
        values = (
            [None] if defaults.strip() == "none" else [json.loads(one) for one in re.findall("`([^`]*)`", defaults)]
        )
        told |= dict(zip(re.findall("`([^`]*)`", names), values, strict=True))
    ours = {name: getattr(kind(), name) for name in kind.__struct_fields__ if name not in SECTIONS}
    assert told == ours
