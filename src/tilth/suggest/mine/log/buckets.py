"""Rows dealt to files by a key, so that all rows of one key can be looked at together."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.suggest.candidates import coded

BUCKETS = 64


class Buckets:
    """A context manager that writes `BUCKETS` files into a folder; `read` gives them back one by one."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._paths = [folder / f"{name}-{bucket:03d}.arrow" for bucket in range(BUCKETS)]
        self._schema = schema
        self._open = ExitStack()
        self._writers: list[pa.ipc.RecordBatchStreamWriter] = []

    def __enter__(self) -> "Buckets":
        for path in self._paths:
            sink = self._open.enter_context(pa.OSFile(str(path), "wb"))
            self._writers.append(self._open.enter_context(pa.ipc.new_stream(sink, self._schema)))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def deal(self, table: pa.Table, keys: pa.Array) -> None:
        """Write the rows of `table`, each to the bucket of its key; best many rows at once."""
        if not table.num_rows:
            return
        buckets = bucket_of(keys)
        order = np.argsort(buckets, kind="stable")
        (batch,) = table.take(pa.array(order)).cast(self._schema).combine_chunks().to_batches()
        ends = np.cumsum(np.bincount(buckets, minlength=BUCKETS)).tolist()
        start = 0
        for writer, end in zip(self._writers, ends, strict=True):
            if end > start:
                writer.write_batch(batch.slice(start, end - start))
            start = end

    def read(self) -> Iterator[pa.Table]:
        """Each bucket's rows, in the order in which they were dealt. A file is removed once it was read."""
        for path in self._paths:
            with pa.memory_map(str(path)) as file:
                table = pa.ipc.open_stream(file).read_all()
            yield table
            path.unlink()


def bucket_of(keys: pa.Array) -> NDArray[np.int64]:
    """The bucket of each string, shape (len(keys),); the same on every machine."""
    codes, distinct = coded(keys)
    numbers = (crc32(key.encode("utf-8", "surrogatepass")) % BUCKETS for key in distinct.to_pylist())
    return np.fromiter(numbers, np.int64, len(distinct))[codes] if len(codes) else np.zeros(0, np.int64)
