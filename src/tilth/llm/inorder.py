"""Answers come as they please and go out in the order of their requests."""

import asyncio
from collections.abc import Callable

from tilth.llm.answer import Answer


class InOrder:
    """Holds answers back until all before them are there, then hands them to `out`, many at a time.

    `is_full` when more than `most_ahead` are held back or were handed out and not yet taken off by `consumed`.
    """

    def __init__(self, out: Callable[[list[Answer]], None], *, most_ahead: int) -> None:
        self._out, self._most_ahead = out, most_ahead
        self._held: dict[int, Answer] = {}
        self._next = self._consumed = 0
        self._is_due = False

    @property
    def is_full(self) -> bool:
        return self._next - self._consumed + len(self._held) > self._most_ahead

    def put(self, place: int, answer: Answer) -> None:
        """Take the answer to the request at `place`."""
        self._held[place] = answer
        if not self._is_due and place == self._next:
            # What else is done in this turn of the loop goes out with it.
            self._is_due = True
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Hand out what can be."""
        self._is_due = False
        ready: list[Answer] = []
        while (answer := self._held.pop(self._next, None)) is not None:
            ready.append(answer)
            self._next += 1
        if ready:
            self._out(ready)

    def consumed(self, count: int) -> None:
        self._consumed += count
