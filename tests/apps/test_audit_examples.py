"""The examples' figures against plain NumPy over the same files."""

import csv
import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from tilth.apps.project import Project
from tilth.apps.project.auditing.run import AuditRun
from tilth.audit import Audit

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / name / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(EXAMPLES))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(EXAMPLES))
        for helper in ("data", "show"):  # names that are other modules elsewhere
            sys.modules.pop(helper, None)
    return module


def audited(name: str, data: Path, folder: Path) -> AuditRun:
    example(name).prepare(data, folder)
    settings = (EXAMPLES / name / "tilth.toml").read_text(encoding="utf-8")
    (folder / "tilth.toml").write_text(settings, encoding="utf-8")
    return Project(folder / "tilth.toml").audit(only=["interactions", "search"])


def value(audit: Audit, name: str) -> float:
    measure = audit.measure(name)
    assert measure is not None
    assert measure.value is not None
    return measure.value


def pairs_of(path: Path, user: str, item: str) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[user], row[item]) for row in csv.DictReader(file)]


def gini(counts: NDArray[np.int64]) -> float:
    """Half the mean absolute difference of all pairs of items over the mean: the definition, not the shortcut."""
    values, items = np.unique(counts, return_counts=True)
    pairs = items[:, None] * items[None, :]
    differences = (pairs * np.abs(values[:, None] - values[None, :])).sum() / pairs.sum()
    return float(differences / (2 * counts.mean()))


@pytest.mark.parametrize(
    ("name", "source", "items", "log", "columns"),
    [
        ("movielens_audit", "movielens_small", ("films.csv", "movieId"), "ratings.csv", ("userId", "movieId")),
        ("job_views_audit", "job_views", ("jobs.csv", "job_id"), "views.csv", ("applicant_id", "job_id")),
    ],
)
def test_interactions(
    data_folder: Path,
    tmp_path: Path,
    name: str,
    source: str,
    items: tuple[str, str],
    log: str,
    columns: tuple[str, str],
) -> None:
    audit = audited(name, data_folder / source, tmp_path).audit
    catalog = [item for item, _ in pairs_of(tmp_path / items[0], items[1], items[1])]
    known = set(catalog)
    events = [(user, item) for user, item in pairs_of(tmp_path / log, *columns) if item in known]
    popularity = Counter(item for _, item in events)
    counts = np.array([popularity[item] for item in catalog])

    assert value(audit, "items.cold_share") == pytest.approx((counts == 0).mean())
    assert value(audit, "items.coverage") == pytest.approx((counts > 0).mean())
    assert value(audit, "items.one_share") == pytest.approx((counts == 1).mean())
    assert value(audit, "items.many_share") == pytest.approx((counts > 10).mean())
    assert value(audit, "items.gini") == pytest.approx(gini(counts))

    profiles: dict[str, set[str]] = {}
    for user, item in events:
        profiles.setdefault(user, set()).add(item)
    arp = np.mean([np.mean([popularity[item] for item in seen]) for seen in profiles.values()])
    assert value(audit, "popularity.arp") == pytest.approx(arp)
    density = sum(map(len, profiles.values())) / (len(profiles) * len(catalog))
    assert value(audit, "matrix.density") == pytest.approx(density)


@pytest.mark.slow
def test_searches(data_folder: Path, tmp_path: Path) -> None:
    audit = audited("home_depot_audit", data_folder / "home_depot", tmp_path).audit
    with (tmp_path / "searches.csv").open(encoding="utf-8", newline="") as file:
        searches = list(csv.DictReader(file))
    assert audit.counts["items"] == 45_325
    assert value(audit, "search.zero_click_share") == pytest.approx(np.mean([not row["clicked"] for row in searches]))
    assert {"suggest"} <= set(audit.gaps.table["step"].to_pylist())
