"""Which words the catalog has: in how many items each stands, and which of the wanted ones stand in which item."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.index import analyze
from tilth.engine import Engine, OnProgress, Signals
from tilth.records import Entities

MAX_CHARS = 20_000
"""Of an item's field that are read, as in the index."""
_OWN = ("id", "created_at")
_RESULT = pa.schema(
    [("words", pa.list_(pa.string())), ("counts", pa.list_(pa.int64())), ("wanted", pa.list_(pa.list_(pa.int32())))]
)


@dataclass(frozen=True)
class CatalogWords:
    """`items_with[w]` items have `words[w]`. Of the wanted words, item i has those with the codes
    `codes[starts[i]:starts[i + 1]]`, in order, each once."""

    words: pa.Array
    items_with: NDArray[np.int64]
    codes: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def items(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class ReadWords:
    """The job: `wanted` is a file with the wanted words, in the order of their codes."""

    wanted: str

    def open(self) -> "WordReader":
        with pa.memory_map(self.wanted) as file:
            words = pa.ipc.open_file(file).read_all()["word"].to_pylist()
        return WordReader({word: code for code, word in enumerate(words)})


class WordReader:
    def __init__(self, wanted: dict[str, int]) -> None:
        self._wanted = wanted

    def __call__(self, partition: pa.Table, signals: Signals) -> pa.Table:
        columns = [partition[name].to_pylist() for name in partition.column_names]
        counts = Counter[str]()
        wanted: list[list[int]] = []
        for values in zip(*columns, strict=True):
            words = {word for value in values for word in analyze(_text(value)[:MAX_CHARS])}
            counts.update(words)
            wanted.append(sorted(self._wanted[word] for word in words if word in self._wanted))
        signals.add(items=partition.num_rows)
        row = [[list(counts)], [list(counts.values())], [wanted]]
        return pa.table(
            [pa.array(value, field.type) for value, field in zip(row, _RESULT, strict=True)], schema=_RESULT
        )

    def close(self) -> None:
        pass


def read_words(
    items: Entities, wanted: pa.Array, *, engine: Engine, spill: Path, on_progress: OnProgress | None
) -> CatalogWords:
    """Read all items on the engine."""
    place = spill / "wanted.arrow"
    write_arrow(place, pa.table({"word": wanted}))
    fields = [name for name in items.table.column_names if name not in _OWN and not name.startswith("_")]
    table = items.table.select(fields)
    counts = Counter[str]()
    codes, lengths = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for result in engine.map(ReadWords(str(place)), table, on_progress=on_progress):
        words, numbers, lists = (result[name].combine_chunks().flatten() for name in _RESULT.names)
        counts.update(dict(zip(words.to_pylist(), numbers.to_pylist(), strict=True)))
        codes.append(lists.flatten().to_numpy())
        lengths.append(np.diff(lists.offsets.to_numpy()).astype(np.int64))
    return CatalogWords(
        pa.array(list(counts), pa.string()),
        np.fromiter(counts.values(), np.int64, len(counts)),
        np.concatenate(codes),
        np.cumsum(np.concatenate(lengths)),
    )


def _text(value: object) -> str:
    """What the index searches of a field; a truth value says nothing without its name."""
    if value is None or isinstance(value, bool):
        return ""
    return " ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write a small table that workers map into memory."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
