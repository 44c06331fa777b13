"""Results of batches into the store, from any number of files in any order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tilth.llm.batch.disk import lines
from tilth.llm.batch.imported import Imported, Problem
from tilth.llm.batch.lines import Failed, read_line
from tilth.llm.batch.manifest import Manifest, read_ids
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.prices import Price, cost
from tilth.llm.reply import Reply
from tilth.llm.store import BATCH_OWNER, Amount, CachedAnswer, Settlement, Store
from tilth.llm.text import shorten

_CHUNK = 500
_SHOWN_CHARS = 120

OnProblem = Callable[[Problem], None]


def owner_of(manifest: Manifest) -> str:
    """Under which name the requests of an export are claimed in the store."""
    return f"{BATCH_OWNER}{manifest.export_id}"


def import_results(
    paths: Iterable[Path],
    folder: Path,
    manifest: Manifest,
    *,
    store: Store,
    price: Price | None = None,
    discount: float = 1.0,
    on_problem: OnProblem | None = None,
    on_line: Callable[[], None] | None = None,
    clock: Clock | None = None,
) -> Imported:
    """Put the answers to the export in `folder` into the store, keyed by fingerprint, usable or not.

    `price` times `discount` is what a token of a batch costs. An answer beats a failure for the same request, whichever
    comes first; the first of two answers stays. Claims that the export holds are settled: with what the answer took,
    or with nothing where the request failed, as failures of a batch are not billed. Reading the same files again
    changes nothing. Memory: the ids of the export (about 100 bytes each), one line, and a few hundred answers.

    Raises:
        DataError: a file cannot be read, or a file of requests has changed since it was exported.
        CacheError: the store failed; what was read before is in it.
    """
    reading = _Reading(store, owner_of(manifest), price, discount, on_problem, clock or SystemClock())
    for file in manifest.files:
        reading.open.update(bytes.fromhex(one) for one in read_ids(folder, file))
    reading.imported.exported = len(reading.open)
    for path in paths:
        reading.imported.files += 1
        reading.read(path, on_line)
    return reading.finish()


@dataclass
class _Reading:
    """What one import knows so far. Each exported id is in exactly one of `open`, `answered` and `failed`."""

    store: Store
    owner: str
    price: Price | None
    discount: float
    on_problem: OnProblem | None
    clock: Clock
    imported: Imported = field(default_factory=Imported)
    open: set[bytes] = field(default_factory=set[bytes])
    answered: set[bytes] = field(default_factory=set[bytes])
    failed: dict[bytes, str] = field(default_factory=dict[bytes, str])
    _waiting: list[CachedAnswer] = field(default_factory=list[CachedAnswer])

    def read(self, path: Path, on_line: Callable[[], None] | None) -> None:
        for number, content in lines(path):
            if on_line is not None:
                on_line()
            self._take(path, number, content)
        self._keep()

    def finish(self) -> Imported:
        """Settle what failed, and look up what no file spoke of: it may have been answered elsewhere."""
        for chunk in _chunks(sorted(self.failed)):
            self.store.settle_many([Settlement(one.hex()) for one in chunk], owner=self.owner)
        for chunk in _chunks(sorted(self.open | self.failed.keys())):
            self._note_known(self.store.get_many(one.hex() for one in chunk))
        self.imported.failed.update(self.failed.values())
        self.imported.answered, self.imported.missing = len(self.answered), len(self.open)
        return self.imported

    def _take(self, path: Path, number: int, content: bytes | None) -> None:
        if content is None:
            return self._ignore(Problem(path, number, "line too long", "no answer is as long as that"))
        try:
            line = read_line(content)
        except (msgspec.DecodeError, ValueError) as exc:
            return self._ignore(Problem(path, number, "malformed line", shorten(str(exc), _SHOWN_CHARS)))
        name = _digest(line.fingerprint)
        if name is None or not (name in self.open or name in self.failed or name in self.answered):
            shown = shorten(line.fingerprint, _SHOWN_CHARS)
            return self._ignore(Problem(path, number, "unknown custom_id", "of no request of this export", shown))
        if name in self.answered or (line.reply is None and name in self.failed):
            return self._ignore(Problem(path, number, "duplicate", "an earlier line stays", line.fingerprint))
        self.open.discard(name)
        if line.reply is not None:
            return self._answer(name, line.reply)
        failed = line.failed or Failed("error", "(no message)")
        self.failed[name] = failed.reason
        return self._tell(Problem(path, number, failed.reason, failed.detail, line.fingerprint))

    def _answer(self, name: bytes, reply: Reply) -> None:
        self.failed.pop(name, None)
        self.answered.add(name)
        paid = cost(reply.usage, self.price)
        reply = msgspec.structs.replace(reply, cost_usd=None if paid is None else paid * self.discount)
        self._waiting.append(CachedAnswer(name.hex(), reply, self.clock.utcnow()))
        if len(self._waiting) >= _CHUNK:
            self._keep()

    def _keep(self) -> None:
        waiting, self._waiting = self._waiting, []
        known = self.store.get_many(answer.fingerprint for answer in waiting)
        self.imported.known += len(known)
        # Those that are known too: where their claim is still open, it is this answer that was paid under it.
        self.store.settle_many([_settlement(answer) for answer in waiting], owner=self.owner)
        for answer in (one for one in waiting if one.fingerprint not in known):
            usage = answer.reply.usage
            self.imported.prompt_tokens += usage.prompt_tokens or 0
            self.imported.completion_tokens += usage.completion_tokens or 0
            self.imported.cost_usd += answer.reply.cost_usd or 0.0
            self.imported.unpriced += answer.reply.cost_usd is None

    def _note_known(self, known: Iterable[str]) -> None:
        for fingerprint in known:
            name = bytes.fromhex(fingerprint)
            self.open.discard(name)
            self.failed.pop(name, None)
            self.answered.add(name)
            self.imported.known += 1

    def _ignore(self, problem: Problem) -> None:
        self.imported.ignored[problem.reason] += 1
        self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        if self.on_problem is not None:
            self.on_problem(problem)


def _settlement(answer: CachedAnswer) -> Settlement:
    usage = answer.reply.usage
    tokens = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
    return Settlement(answer.fingerprint, answer, spent=Amount(answer.reply.cost_usd or 0.0, tokens, 1))


def _digest(fingerprint: str) -> bytes | None:
    try:
        return bytes.fromhex(fingerprint)
    except ValueError:
        return None


def _chunks(names: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK))
