"""Scoring files of pairs, batch by batch, in bounded memory."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.apps.project import stored
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.output import TableWriter
from tilth.apps.project.progress import Progress
from tilth.apps.project.results import Filtered
from tilth.artifacts import LOOKED_AT, Filter, full_reasons, short_reasons
from tilth.artifacts.student import Prepared
from tilth.data import stream_pairs
from tilth.errors import ConfigError
from tilth.records import Pairs

THREADS = os.cpu_count() or 1

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Scored pairs of known entities, arrays of shape (n,)."""

    filter: Filter
    prepared: Prepared
    context_rows: Rows
    item_rows: Rows
    p: NDArray[np.float64]
    drop: NDArray[np.bool_]

    def reasons(self, place: int) -> list[str]:
        """Why the pair leans to the positive class, in sentences, strongest first."""
        student, at = self.filter.student, slice(place, place + 1)
        X = student.features(self.prepared, self.context_rows[at], self.item_rows[at])
        context_row, item_row = int(self.context_rows[place]), int(self.item_rows[place])
        top = student.top_reasons(X, LOOKED_AT)
        return full_reasons(student, X[0], top[0], self.prepared, context_row, item_row)


def score_known_pairs(chosen: Filter, inputs: Inputs, work: Path) -> Scored:
    """The project's own pairs, scored."""
    prepared = prepare(chosen, inputs, work)
    table = inputs.pairs.table
    context_rows = inputs.contexts.rows_of(table["context_id"])
    item_rows = inputs.items.rows_of(table["item_id"])
    decisions = chosen.decide(chosen.student.raw_scores(prepared, context_rows, item_rows, THREADS))
    return Scored(chosen, prepared, context_rows, item_rows, decisions.p, decisions.drop)


def prepare(chosen: Filter, inputs: Inputs, work: Path) -> Prepared:
    """Everything about each entity that does not depend on its partner, once."""
    attributes = (stored.stored_attributes(work, "context"), stored.stored_attributes(work, "item"))
    return chosen.student.prepare(inputs.contexts, inputs.items, *attributes)


def refuse_taken_names(inputs: Inputs) -> None:
    """Raises:
    ConfigError: a column to carry along is called like one that the filter writes.
    """
    taken = sorted({"keep", "p", "reasons"} & set(inputs.pair_source.keep))
    if taken:
        raise ConfigError(f"tilth.toml: [data.pairs] keep: '{taken[0]}' is the name of a column that the filter writes")


def filter_file(
    chosen: Filter,
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    pairs: str | Path | None,
    out: Path | None,
    threshold: float | None,
) -> Filtered:
    """Read pairs, decide on each, and write ids, keep, p and reasons in the order of the file."""
    refuse_taken_names(inputs)
    started = time.perf_counter()
    path = out or work / "filtered.parquet"
    if pairs is not None and path.resolve() == Path(pairs).resolve():
        raise ConfigError(f"{path}: is the file of pairs itself\n  hint: write to another file with --out")
    if threshold is not None and not 0 <= threshold <= 1:
        raise ConfigError(f"--threshold is a probability, 0 to 1, not {threshold}")
    n = dropped = unknown = 0
    progress.start("filtering", None)
    with TableWriter(path) as writer:
        prepared = prepare(chosen, inputs, work)
        for batch in read_ahead(_batches(inputs, pairs)):
            table, batch_unknown = decide_batch(chosen, prepared, batch, threshold)
            writer.write(table)
            n, unknown = n + len(table), unknown + batch_unknown
            dropped += int(len(table) - table["keep"].to_numpy(zero_copy_only=False).sum())
            progress.advance(len(table))
    progress.finish()
    used = threshold if threshold is not None else chosen.threshold_p
    notes = ("No threshold is certified and none was given: nothing is dropped.",) if used is None else ()
    return Filtered(n, dropped, unknown, used, time.perf_counter() - started, path, notes)


def read_ahead(batches: Iterator[Pairs]) -> Iterator[Pairs]:
    """The same batches; the next one is read while the last one is worked on."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def decide_batch(chosen: Filter, prepared: Prepared, pairs: Pairs, threshold: float | None) -> tuple[pa.Table, int]:
    """The pairs with keep, p and reasons, and how many of them name an unknown id (kept, p null)."""
    context_rows = prepared.contexts.entities.rows_of(pairs.table["context_id"])
    item_rows = prepared.items.entities.rows_of(pairs.table["item_id"])
    known = np.flatnonzero((context_rows >= 0) & (item_rows >= 0))
    p = np.full(len(pairs), np.nan)
    keep = np.ones(len(pairs), dtype=bool)
    reasons = np.full(len(pairs), "", dtype=object)
    if len(known):  # LightGBM does not take an empty matrix
        student = chosen.student
        X = student.features(prepared, context_rows[known], item_rows[known], THREADS)
        decisions = chosen.decide(student.model.raw_scores(X, THREADS), threshold)
        p[known], keep[known] = decisions.p, ~decisions.drop
        if decisions.drop.any():
            top = student.top_reasons(X[decisions.drop], LOOKED_AT, THREADS)
            reasons[known[decisions.drop]] = ["; ".join(said) for said in short_reasons(student, top)]
    table = pairs.table.append_column("keep", pa.array(keep))
    table = table.append_column("p", pa.array(p, mask=np.isnan(p)))
    return table.append_column("reasons", pa.array(reasons, pa.string())), len(pairs) - len(known)


def _batches(inputs: Inputs, pairs: str | Path | None) -> Iterator[Pairs]:
    if pairs is None:
        yield inputs.pairs
        return
    # A path that a person types is relative to where they stand, not to tilth.toml.
    place = str(pairs) if "://" in str(pairs) else str(Path(pairs).absolute())
    source = msgspec.structs.replace(inputs.pair_source, path=place)
    yield from stream_pairs(source, base=inputs.base, rejects=inputs.rejects)
