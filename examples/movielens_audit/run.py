"""What is cold and thin in a catalog of films, and how far its ratings go to a few of them.

python examples/movielens_audit/run.py [--data ../shared/data] [--work work]
"""

import csv
import shutil
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data import arguments, need, write_csv
from show import audit_here

NO_GENRE = "(no genres listed)"


def main() -> None:
    options = arguments(__doc__)
    folder = options.work / "movielens_audit"
    prepare(need(options.data, "movielens_small"), folder)
    audit_here(Path(__file__).with_name("tilth.toml"), folder)


def prepare(data: Path, folder: Path) -> None:
    """films.csv: a row a film, with one category and the tags of its users. ratings.csv as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(data / "ratings.csv", folder / "ratings.csv")
    tags: dict[str, list[str]] = defaultdict(list)
    with (data / "tags.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tags[row["movieId"]].append(row["tag"])
    with (data / "movies.csv").open(encoding="utf-8", newline="") as file:
        films = list(csv.DictReader(file))
    genres = {film["movieId"]: [name for name in film["genres"].split("|") if name != NO_GENRE] for film in films}
    spread = Counter(name for names in genres.values() for name in names)
    rows = [
        (
            film["movieId"],
            film["title"],
            min(genres[film["movieId"]], key=lambda name: spread[name], default=""),
            ", ".join(dict.fromkeys(tags[film["movieId"]])),
        )
        for film in films
    ]
    write_csv(folder / "films.csv", ("movieId", "title", "category", "tags"), rows)


if __name__ == "__main__":
    main()
