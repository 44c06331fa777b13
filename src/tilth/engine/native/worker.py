"""The function that Daft's native runner calls."""

import asyncio
from typing import Any

import daft

from tilth.engine.native.run import find_run


@daft.cls(use_process=False)
class NativeWorker:
    """Knows its run by name only, as Daft wants to be able to pickle it."""

    def __init__(self, name: str) -> None:
        self._run = find_run(name)

    @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
    async def work(self, place: Any, rows: Any) -> list[bytes | None]:
        """Waits without holding one of Daft's threads, so that partitions at once do not depend on cores."""
        results = [self._run.submit(*pair) for pair in zip(place.to_pylist(), rows.to_pylist(), strict=True)]
        return list(await asyncio.gather(*map(asyncio.wrap_future, results)))
