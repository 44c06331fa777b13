"""A project that has a catalog and two logs, and nothing else."""

from pathlib import Path

SETTINGS = """
[project]
name = "shop"
notes = ["made up for a test"]

[data.items]
path = "items.csv"
id = "id"
title = "title"
text = ["text"]
category = "kind"

[data.events]
path = "events.csv"
user_id = "user"
item_id = "item"
kind = "{what}"
ts = "at"

[data.searches]
path = "searches.csv"
query = "query"
user_id = "user"
ts = "at"
results = "hits"
clicked = "clicked"
"""
KINDS = ("lamp", "chair", "table")
TEXT = (
    "a {kind} made of oak and steel number {n}, with five years of warranty and a very long story to be told about it"
)


def put_shop(folder: Path, *sections: str, logs: bool = True, thin: bool = True) -> Path:
    """30 items in three kinds, 200 events, 40 searches; every third text is empty if `thin`. Returns tilth.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["id,title,text,kind"]
    for n in range(30):
        kind = KINDS[n % 3]
        text = "" if thin and n % 9 < 3 else TEXT.format(kind=kind, n=n)
        rows.append(f'i{n},a fine {kind} number {n},"{text}",{kind}')
    (folder / "items.csv").write_text("\n".join(rows) + "\n")
    # Item n is clicked by users n, n + 1, ...: the first ones most; the last ten by nobody.
    clicks = [(f"u{(n * step) % 40}", n) for n in range(20) for step in range(1, 21 - n)]
    events = [f"{user},i{n},click,2026-01-{1 + at % 28:02}T10:00:00Z" for at, (user, n) in enumerate(clicks)]
    (folder / "events.csv").write_text("\n".join(["user,item,what,at", *events]) + "\n")
    asked = [("lamp", 5, "i0"), ("oak chair", 3, "i1"), ("velvet curtain", 0, ""), ("table", 4, "")]
    searches = [
        f"{query},u{n},2026-01-{1 + n % 28:02}T11:00:00Z,{hits},{clicked}"
        for n in range(40)
        for query, hits, clicked in [asked[n % 4]]
    ]
    (folder / "searches.csv").write_text("\n".join(["query,user,at,hits,clicked", *searches]) + "\n")
    settings = SETTINGS if logs else SETTINGS[: SETTINGS.index("[data.events]")]
    (folder / "tilth.toml").write_text("\n".join([settings, *sections]), encoding="utf-8")
    return folder / "tilth.toml"
