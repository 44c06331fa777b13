"""The audit of interactions on public data, against the same figures from plain NumPy."""

import csv
from collections import defaultdict
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tilth.audit import AuditConfig, Part
from tilth.audit.interactions import run_interactions
from tilth.data import EntitySource, EventSource, Rejects, load_entities
from tilth.engine import EngineConfig, open_engine


def audited(items: EntitySource, events: EventSource, base: Path, spill: Path) -> Part:
    catalog = load_entities(items, "item", base=base, rejects=Rejects(), max_rejected=0.1)
    engine = open_engine(EngineConfig())
    return run_interactions(AuditConfig(), events, catalog, base=base, engine=engine, spill=spill)[0]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_numpy(catalog: list[str], pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Of a log of (user, item), each event an interaction."""
    place = {item: at for at, item in enumerate(catalog)}
    counts = np.bincount([place[item] for _, item in pairs], minlength=len(catalog))
    lists: dict[str, set[int]] = defaultdict(set)
    activity: dict[str, int] = defaultdict(int)
    for user, item in pairs:
        lists[user].add(place[item])
        activity[user] += 1
    descending = np.argsort(-counts, kind="stable")
    in_head = np.zeros(len(catalog), bool)
    in_head[descending[: ceil(0.2 * len(catalog))]] = True
    tails = [np.mean([not in_head[item] for item in items]) for items in lists.values()]
    return {
        "items.cold_share": float(np.mean(counts == 0)),
        "items.one_share": float(np.mean(counts == 1)),
        "items.coverage": float(np.mean(counts > 0)),
        "items.gini": gini(counts),
        "items.head_share_1": counts[descending[: ceil(0.01 * len(catalog))]].sum() / counts.sum(),
        "items.head_share_20": counts[in_head].sum() / counts.sum(),
        "popularity.arp": float(np.mean([np.mean(counts[list(items)]) for items in lists.values()])),
        "popularity.aplt": float(np.mean(tails)),
        "users.median_events": float(np.median(list(activity.values()))),
        "matrix.density": sum(map(len, lists.values())) / (len(lists) * len(catalog)),
    }


def gini(counts: NDArray[np.int64]) -> float:
    """By the area under the Lorenz curve."""
    curve = np.concatenate([[0], np.cumsum(np.sort(counts))]) / counts.sum()
    return 1 - (curve[1:] + curve[:-1]).sum() / len(counts)


def check(part: Part, expected: dict[str, float]) -> None:
    found = {one.name: one for one in part.measures if not one.where}
    assert {name: found[name].value for name in expected} == pytest.approx(expected)
    assert all(len(found[name].replicates) == 32 for name in expected)


def test_movielens(data_folder: Path, tmp_path: Path) -> None:
    folder = data_folder / "movielens_small"
    items = EntitySource(path="movies.csv", id="movieId", title="title", category="genres", category_separator="|")
    events = EventSource(
        path="ratings.csv", user_id="userId", item_id="movieId", kind="rating", ts="timestamp", value="rating"
    )
    part = audited(items, events, folder, tmp_path)
    catalog, log = rows_of(folder / "movies.csv"), rows_of(folder / "ratings.csv")
    check(part, by_numpy([row["movieId"] for row in catalog], [(row["userId"], row["movieId"]) for row in log]))
    found = {one.name: one.value for one in part.measures if not one.where}
    assert found["popularity.seen_over_liked"] is not None
    assert part.tables["windows"].num_rows > 12
    assert sum(part.tables["windows"]["events"].to_pylist()) == len(log)


def test_job_views(data_folder: Path, tmp_path: Path) -> None:
    folder = data_folder / "job_views"
    items = EntitySource(path="Job_Views.csv", id="Job.ID", title="Title", category="State.Name", repeated=True)
    events = EventSource(path="Job_Views.csv", user_id="Applicant.ID", item_id="Job.ID", kind="view", ts="View.Start")
    part = audited(items, events, folder, tmp_path)
    log = rows_of(folder / "Job_Views.csv")
    catalog = list(dict.fromkeys(row["Job.ID"] for row in log))
    check(part, by_numpy(catalog, [(row["Applicant.ID"], row["Job.ID"]) for row in log]))
