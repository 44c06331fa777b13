"""A small world of queries and products with attributes, and students fitted on it."""

import numpy as np
import pyarrow as pa

from tilth.artifacts.student import FeatureConfig
from tilth.distill.models import ModelConfig, StudentFit, fit_student
from tilth.records import Attributes, Entities, Pairs

COLOURS = ["red", "blue", "green", "white"]
THINGS = ["lamp", "chair", "table", "faucet", "ladder"]


def entities(role: str, titles: list[str], texts: list[str] | None = None) -> Entities:
    ids = [f"{role[0]}{n}" for n in range(len(titles))]
    return Entities(role, pa.table({"id": ids, "title": titles, "text": texts or [""] * len(titles)}))  # type: ignore[arg-type]


def make_world(n: int = 40):
    """Entities, attributes, pairs, labels and the rows that the pairs name; good is a thing of the query's kind."""
    contexts = entities("context", [f"{COLOURS[k % 4]} {THINGS[k % 5]}" for k in range(n)])
    items = entities(
        "item", [f"Acme {c} {t} in wood, {k} in." for k, (c, t) in enumerate((c, t) for c in COLOURS for t in THINGS)]
    )
    ca = Attributes(
        "context",
        pa.table(
            {"id": contexts.ids, "budget": [10.0 + k % 7 for k in range(n)], "size": ["small", "large"] * (n // 2)}
        ),
    )
    ia = Attributes(
        "item", pa.table({"id": items.ids, "price": [8.0 + k % 9 for k in range(20)], "size": ["small", "large"] * 10})
    )
    rng = np.random.default_rng(0)
    c_rows, i_rows = np.repeat(np.arange(n), 8), rng.integers(0, 20, n * 8)
    good = np.array([THINGS[c % 5] == THINGS[i % 5] or i % 3 == 0 for c, i in zip(c_rows, i_rows, strict=True)])
    ids = {"context_id": contexts.ids.take(pa.array(c_rows)), "item_id": items.ids.take(pa.array(i_rows))}
    pairs = Pairs(pa.table({**ids, "weight": np.ones(n * 8)}))
    return contexts, items, ca, ia, pairs, np.where(good, 0.1, 0.9), c_rows, i_rows


def fitted(*, attributes: bool = True, candidates: tuple[str, ...] = ("trees", "linear", "blend")) -> StudentFit:
    contexts, items, ca, ia, pairs, p, *_ = make_world()
    return fit_student(
        FeatureConfig(lsa_dims=8),
        ModelConfig(candidates=candidates, max_rounds=40, folds=3),  # type: ignore[arg-type]
        contexts, items, pairs, p,
        context_attributes=ca if attributes else None, item_attributes=ia if attributes else None,
    )  # fmt: skip
