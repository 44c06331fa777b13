"""A shop whose people ask for some things often, for others later only; the truth of the log is known."""

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"
category = "kind"

[data.searches]
path = "log.csv"
query = "query"
user_id = "user"
ts = "ts"
results = "results"
clicked = "clicked"

[suggest.log]
min_users = 3
"""
START = datetime(2026, 5, 1, tzinfo=UTC)
DAYS = 10
COLOURS = ("red", "blue", "green", "white", "black", "grey")
THINGS = {"lamp": "light", "bulb": "light", "lantern": "light", "chair": "garden", "hose": "garden", "shovel": "garden"}
EARLY = ("red lamp", "blue lamp", "lamp", "green bulb", "lantern", "white lantern")
"""Asked for on all days."""
LATE = ("red chair", "garden hose green")
"""Asked for on the last two days only; the first is a title, the second has a word that none has."""
SIZES = ("small", "large", "tiny", "tall", "wide", "flat")
SHIFT_DAY = 4
"""From then on people of a shop that `shifts` ask for titles, hardly any of them twice."""


def put_shop(folder: Path, *, times: bool = True, shifts: bool = False, people: int = 60) -> Path:
    """Files and settings in `folder`; returns the path of tilth.toml. Queries are typed letter by letter."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    titles = [(f"{colour} {thing}", kind) for thing, kind in THINGS.items() for colour in COLOURS for _ in range(3)]
    if shifts:
        titles = [(f"{title} {size}", kind) for title, kind in dict.fromkeys(titles) for size in SIZES]
    _write(folder / "items.csv", ["id", "title", "kind"], [(f"i{at}", *row) for at, row in enumerate(titles)])
    rows = list[tuple[str, ...]]()
    for day in range(DAYS):
        for person in range(people):
            query = rng.choice(LATE if day >= DAYS - 2 and rng.random() < 0.3 else EARLY)
            if shifts and day >= SHIFT_DAY:
                query = rng.choice(titles)[0]
            at = START + timedelta(days=day, minutes=10 + 5 * person)
            for end in range(2, len(query) + 1):
                ts = (at + timedelta(seconds=0.4 * end)).isoformat() if times else ""
                clicked = "i1" if end == len(query) and query != LATE[1] else ""
                if times or end == len(query):
                    rows.append((f"p{person}", query[:end], ts, "9", clicked))
    _write(folder / "log.csv", ["user", "query", "ts", "results", "clicked"], rows)
    (folder / "tilth.toml").write_text(SETTINGS if times else SETTINGS.replace('ts = "ts"\n', ""))
    return folder / "tilth.toml"


def _write(path: Path, columns: list[str], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
