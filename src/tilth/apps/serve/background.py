"""Work that must not hold up an answer: a bounded queue and one thread that empties it."""

import threading
from collections import deque
from typing import Generic, Protocol, TypeVar

Entry = TypeVar("Entry")

EVERY_S = 0.2


class Sink(Protocol[Entry]):
    """Where entries go. Called from one thread only."""

    def write(self, entries: list[Entry]) -> None: ...

    def idle(self) -> None:
        """Called where nothing came in: time to finish what is due."""
        ...

    def close(self) -> None: ...


class Background(Generic[Entry]):
    """Hands entries to a sink from a thread of its own, five times a second. A full queue drops and counts, it never
    waits: a disk that is slow or full costs log entries and not answers.
    """

    def __init__(self, sink: Sink[Entry], size: int) -> None:
        self.dropped = 0
        self._sink, self._size = sink, size
        self._waiting: deque[Entry] = deque()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(sink).__name__, daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        if len(self._waiting) >= self._size:
            self.dropped += 1
        else:
            self._waiting.append(entry)

    def close(self, timeout_s: float = 5.0) -> None:
        """Write what is waiting, finish the sink, stop the thread."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            self._hand_over()
        self._hand_over()
        try:
            self._sink.close()
        except OSError:
            self.dropped += 1

    def _hand_over(self) -> None:
        entries = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            if entries:
                self._sink.write(entries)
            else:
                self._sink.idle()
        except OSError:
            self.dropped += len(entries)
