"""Logs as they should not be: said, never a crash."""

from pathlib import Path

import pytest
from audit_project import SETTINGS, put_shop
from cli_helpers import tilth

EVENTS = "user,item,what,at"
SEARCHES = "query,user,at,hits,clicked"


def put_lines(path: Path, *lines: str) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_everything_at_once_is_found_and_the_audit_still_ends(tmp_path: Path) -> None:
    config = put_shop(tmp_path)
    dated = SETTINGS.replace('category = "kind"', 'category = "kind"\ncreated_at = "born"')
    config.write_text(dated, encoding="utf-8")
    items = [f"i{n},a fine lamp number {n},,{'lamp' if n % 2 else ''},2026-01-15" for n in range(30)]
    put_lines(tmp_path / "items.csv", "id,title,text,kind,born", *items)
    put_lines(
        tmp_path / "events.csv",
        EVENTS,
        *(f"u{n},i{n},click,2026-01-20T00:00:00Z" for n in range(30)),
        *(f"u{n},i{n},click,2026-01-21T00:00:00" for n in range(30)),  # of no time zone
        "early,i1,click,2020-01-01T00:00:00Z",
        "late,i1,click,2999-01-01T00:00:00Z",
        "lost,nowhere,click,2026-01-20T00:00:00Z",
        *("bot,i2,click,2026-01-20T00:00:00Z" for _ in range(2000)),
        ",i3,click,2026-01-20T00:00:00Z",
    )
    ran = tilth("audit", "--config", config, "--json")
    assert ran.code == 0, ran.err
    found = {finding["name"]: finding["count"] for finding in ran.json()["findings"]}
    expected = {
        "before_created": 1,
        "future_times": 1,
        "mixed_time_zones": 30,
        "unknown_items": 1,
        "giant_user": 2000,
        "no_category": 15,
        "unusable_rows": 1,
    }
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("events", "searches"),
    [
        ([], []),
        (["u,i1,click,"], ["lamp,,,,"]),
        (
            ["<script>,i1,<script>,2026-01-01"],
            ["<script>alert(1)</script>,u,2026-01-01,0,<b>", "\x1b[2J,u,2026-01-01,0,"],
        ),
    ],
    ids=["empty logs", "a row each", "hostile text"],
)
def test_small_and_hostile_logs(tmp_path: Path, events: list[str], searches: list[str]) -> None:
    config = put_shop(tmp_path)
    put_lines(tmp_path / "events.csv", EVENTS, *events)
    put_lines(tmp_path / "searches.csv", SEARCHES, *searches)
    ran = tilth("audit", "--config", config)
    assert ran.code == 0, ran.err
    assert "\x1b[2J" not in ran.out
    page = (tmp_path / "work" / "audit" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
