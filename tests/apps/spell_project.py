"""A project with a small catalog, a log of searches with mistakes in it, and known corrections."""

from collections.abc import Sequence
from pathlib import Path

TEXTS = {
    "stainless steel kitchen faucet": 60,
    "laminate flooring oak": 50,
    "garden hose green": 40,
    "toilet seat white": 60,
    "countertop white": 40,
    "counter top oak": 20,
    "hampton bay ceiling fan": 50,
    "makita drill": 30,
}
SEARCHES = {"toilet seat": 9, "toliet seat": 4, "ceiling fan": 8, "garden hoes": 3, "counter top": 5, "white toliet": 2}
SETTINGS = """
[data.items]
path = "items.csv"
id = "id"
title = "title"
"""
LOG = '\n[data.searches]\npath = "searches.csv"\nquery = "query"\nuser_id = "user"\n'


def put_spelling(folder: Path, *sections: str, log: bool = True) -> Path:
    """Write catalog, log and settings; returns the path of tilth.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    titles = [title for title, count in TEXTS.items() for _ in range(count)]
    write_rows(folder / "items.csv", ["id,title", *(f"i{n},{title}" for n, title in enumerate(titles))])
    searches = [f"{query},u{n}" for query, count in SEARCHES.items() for n in range(count)]
    # The same person twice is one person; case and blanks make no other query.
    write_rows(folder / "searches.csv", ["query,user", *searches, "Toilet  Seat,u0"])
    (folder / "tilth.toml").write_text("\n".join([SETTINGS, LOG if log else "", *sections]), encoding="utf-8")
    return folder / "tilth.toml"


def known_corrections() -> list[str]:
    """A table of `wrong` and `right`: words of the catalog with two letters swapped, and titles as they are."""
    words = ("stainless", "faucet", "laminate", "flooring", "garden", "toilet", "ceiling", "makita", "hampton")
    typed = {w[:k] + w[k + 1] + w[k] + w[k + 2 :]: w for w in words for k in range(1, len(w) - 1)}
    wrong = [f"{typo} {title}\t{word} {title}" for typo, word in typed.items() for title in list(TEXTS)[:2]]
    right = [f"{title} {n} {word}\t{title} {n} {word}" for title in TEXTS for n in (1, 2) for word in words]
    odd = [f"{word}\t{word}" for word in ("ganden", "oaks", "drillo", "whites", "greens", "setas")]
    return ["wrong\tright", *dict.fromkeys([*wrong, *right, *odd])]


def write_rows(path: Path, rows: Sequence[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
