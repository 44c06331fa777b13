"""Where the events come from, seen from the workers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tilth.data import EventBatch, EventSource, LogPart, event_parts, read_events


class Log(Protocol):
    """Picklable; workers read its pieces in any order, a piece maybe twice."""

    @property
    def name(self) -> str: ...

    @property
    def pieces(self) -> int: ...

    def read(self, piece: int) -> Iterator[EventBatch]:
        """Batches of `CODED_EVENT_SCHEMA`."""
        ...


@dataclass(frozen=True)
class FileLog:
    """The files of an `EventSource`."""

    source: EventSource
    base: Path
    parts: Sequence[LogPart]

    @classmethod
    def of(cls, source: EventSource, base: Path) -> "FileLog":
        """Raises:
        DataError: there is no such file, or it cannot be used.
        """
        return cls(source, base, tuple(event_parts(source, base=base)))

    @property
    def name(self) -> str:
        return self.source.path

    @property
    def pieces(self) -> int:
        return len(self.parts)

    def read(self, piece: int) -> Iterator[EventBatch]:
        return read_events(self.source, self.parts[piece], base=self.base, coded=True)
