"""Mistakes that were seen before, with what was meant: from queries that people or a model have corrected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log1p

import pyarrow as pa

SCHEMA = pa.schema([pa.field("typed", pa.string()), pa.field("meant", pa.string()), pa.field("times", pa.float64())])


@dataclass(frozen=True)
class Mistakes:
    """`times[typed][meant]`: how often; `meant == typed` counts how often it was right as it was.

    Both are words separated by one blank, such as "dry wall" -> "drywall".
    """

    times: Mapping[str, Mapping[str, float]]

    @staticmethod
    def of(rows: Iterable[tuple[str, str, float]]) -> "Mistakes":
        found: dict[str, dict[str, float]] = {}
        for typed, meant, times in rows:
            of_typed = found.setdefault(typed, {})
            of_typed[meant] = of_typed.get(meant, 0.0) + times
        return Mistakes(found)

    def seen(self, typed: str, meant: str) -> float:
        """Logarithm of 1 + how often `typed` was meant as `meant`."""
        return log1p(self.times.get(typed, _NONE).get(meant, 0.0))

    def meant(self, typed: str) -> list[str]:
        """What `typed` was meant as, itself left out."""
        return [meant for meant in self.times.get(typed, _NONE) if meant != typed]

    def table(self) -> pa.Table:
        rows = [(typed, meant, times) for typed, some in self.times.items() for meant, times in some.items()]
        columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
        return pa.table([pa.array(c, field.type) for c, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


_NONE: Mapping[str, float] = {}
