"""Answers that were paid for, kept so that none is paid for twice."""

from collections.abc import Iterable
from typing import Protocol

from tilth.llm.store import CachedAnswer


class AnswerCache(Protocol):
    """Replies by fingerprint. The first one stored under a fingerprint stays."""

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        """Those of the fingerprints that are known.

        Raises:
            CacheError: the cache cannot be read.
        """
        ...

    def put(self, answer: CachedAnswer) -> None:
        """Keep a reply; when this returns, it is as safe as this cache can make it.

        Raises:
            CacheError: the cache cannot be written.
        """
        ...

    def close(self) -> None: ...


class MemoryCache:
    """A cache that lasts as long as the process: for tests and trials."""

    def __init__(self) -> None:
        self._answers: dict[str, CachedAnswer] = {}

    def count(self) -> int:
        return len(self._answers)

    def get_many(self, fingerprints: Iterable[str]) -> dict[str, CachedAnswer]:
        return {one: self._answers[one] for one in fingerprints if one in self._answers}

    def put(self, answer: CachedAnswer) -> None:
        self._answers.setdefault(answer.fingerprint, answer)

    def close(self) -> None:
        """Nothing to close; what was stored can still be read."""
