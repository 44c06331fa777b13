"""From suggestions to the sorted columns of a segment."""

from collections.abc import Collection
from zlib import crc32

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.suggester.keys import key_of
from tilth.artifacts.suggester.segment import Columns
from tilth.records import Suggestions


def columns_of(
    suggestions: Suggestions, sources: list[str], categories: list[str]
) -> tuple[Columns, list[str], list[str]]:
    """Those that may be shown, sorted by key, the highest score of each key.

    `sources` and `categories` are the names that are known; the new lists begin with them.
    """
    table = suggestions.table.filter(pc.is_null(suggestions.table["rejected"]))
    queries = [" ".join(query.split()) for query in table["query"].to_pylist()]
    source_labels, sources = _labels(table["source"].to_pylist(), sources)
    category_labels, categories = _labels([name or "" for name in table["category"].to_pylist()], categories)
    keys = [key_of(query) for query in queries]
    normal = [form.encode("utf-8", "replace") for form in table["normal"].to_pylist()]
    columns = Columns(
        keys,
        [query.encode("utf-8", "replace") for query in queries],
        table["score"].to_numpy().astype(np.float32),
        np.stack([source_labels, category_labels], axis=1).astype(np.int32),
        np.array([crc32(form or key) for form, key in zip(normal, keys, strict=True)], dtype=np.uint32),
    )
    return _sorted(columns), sources, categories


def joined(before: Columns, after: Columns, *, without: Collection[bytes] = ()) -> Columns:
    """Both together: of a key in both the one in `after` stays, and none of `without` that is in `before` only."""
    new = set(after.keys) | set(without)
    keep = [place for place, key in enumerate(before.keys) if key not in new]
    return _sorted(
        Columns(
            [*(before.keys[i] for i in keep), *after.keys],
            [*(before.shown[i] for i in keep), *after.shown],
            np.concatenate([before.scores[keep], after.scores]),
            np.concatenate([before.labels[keep], after.labels]),
            np.concatenate([before.forms[keep], after.forms]),
        )
    )


def _sorted(columns: Columns) -> Columns:
    """In the order of the keys, each once (the highest score), without empty ones."""
    scores = columns.scores
    order = sorted(range(len(columns.keys)), key=lambda i: (columns.keys[i], -scores[i]))
    places = [
        i
        for at, i in enumerate(order)
        if columns.keys[i] and (not at or columns.keys[order[at - 1]] != columns.keys[i])
    ]
    return Columns(
        [columns.keys[i] for i in places],
        [columns.shown[i] for i in places],
        scores[places] if places else scores[:0],
        columns.labels[places] if places else columns.labels[:0].reshape(-1, 2),
        columns.forms[places] if places else columns.forms[:0],
    )


def _labels(values: list[str], known: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    """A number for each value, and the names by number."""
    names = dict.fromkeys([*known, *values])
    numbers = {name: number for number, name in enumerate(names)}
    return np.fromiter((numbers[value] for value in values), np.int64, len(values)), list(names)
