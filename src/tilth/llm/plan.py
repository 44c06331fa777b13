"""What a run would ask, and what it would take, before anything is spent."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from heapq import heappush, heapreplace
from itertools import islice
from math import nan
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.llm.estimate import Observation, Totals, observe, total_of
from tilth.llm.prices import Price
from tilth.llm.request import Request
from tilth.llm.store import CachedAnswer
from tilth.stats import Estimate, wilson

CHUNK = 4096
MAX_ANSWERED = 2000
"""Answers of the store that are looked at; more would narrow the intervals no further that matters."""

MIN_CHARS, MAX_CHARS = 3.0, 5.0
"""Characters to a token where nothing was measured: the range of common tokenizers on European languages."""

GOLDEN = 0x9E3779B97F4A7C15
"""An odd number that spreads every bit upwards when multiplied (Knuth 1998, volume 3, section 6.4)."""

COUNTS = ("requests", "distinct", "answered", "remaining", "characters", "sizes")
"""What a plan takes from the survey as it is."""

GetMany = Callable[[Iterable[str]], Mapping[str, CachedAnswer]]


@dataclass(frozen=True)
class Sizes:
    """Characters of the messages of one request."""

    mean: float
    p50: float
    p95: float
    max: int


@dataclass(frozen=True)
class Survey:
    """What one pass over the requests found. `distinct` requests have fingerprints of their own, `answered` of these
    are in the store; `characters` (messages only) are those of the `remaining` ones in all.

    `pilot` is a random sample of the remaining ones, `known` one of those answered; `example` is the first request.
    """

    requests: int
    distinct: int
    answered: int
    characters: int
    sizes: Sizes
    pilot: tuple[Request, ...]
    known: tuple[Request, ...]
    example: Request | None

    @property
    def remaining(self) -> int:
        return self.distinct - self.answered


@dataclass(frozen=True)
class Plan:
    """What is still to be asked under the name `name`, and estimates of what that takes.

    `observed` real answers of `observed_contexts` contexts are behind the estimates. Where there are none (`rough`),
    tokens are a range from characters, money one from these and the longest answer allowed, and time is not known;
    `value` is then NaN and only the range counts. Money is in dollars, None without a price.
    `seconds` is an estimate from measured latency and the concurrency configured: rate limits and outages are not in
    it. `unparsable` is the share of answers that stayed unusable after the one repair; repairs are in tokens, money and
    time. Of the `pilot_asked` questions of the pilot `pilot_lost` got no reply.
    """

    name: str
    what: str
    requests: int
    distinct: int
    answered: int
    remaining: int
    characters: int
    sizes: Sizes
    rough: bool
    observed: int
    observed_contexts: int
    prompt_tokens: Estimate | None
    completion_tokens: Estimate | None
    cost_usd: Estimate | None
    seconds: Estimate | None
    unparsable: Estimate | None
    concurrency: int
    pilot_asked: int
    pilot_lost: int
    pilot_cost_usd: float | None
    example: Request | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """All fields; what is unknown is null. The example is the messages and the schema as they are sent."""
        plain = {name: value for name, value in vars(self).items() if not isinstance(value, Estimate)}
        estimates = {name: value.to_json() for name, value in vars(self).items() if isinstance(value, Estimate)}
        shown = None if self.example is None else _shown(self.example)
        return plain | estimates | {"sizes": asdict(self.sizes), "example": shown, "notes": list(self.notes)}


def survey(requests: Iterable[Request], get_many: GetMany, *, pilot: int = 0, seed: int = 0) -> Survey:
    """Go once over the requests, keeping 13 bytes of each and two samples.

    A sample is the requests with the least hash, of fingerprint and `seed`: random, without duplicates, and the same
    whatever the order. Distinct requests are told apart by 64 bits of their fingerprint.

    Raises:
        CacheError: the store cannot be read.
    """
    marks, sizes, found = array("Q"), array("I"), bytearray()
    samples = (_Sample(pilot, seed), _Sample(MAX_ANSWERED, seed))
    example: Request | None = None
    for chunk in chunks(requests, CHUNK):
        example = example or chunk[0]
        known = get_many([request.fingerprint for request in chunk])
        for request in chunk:
            answered = request.fingerprint in known
            marks.append(int(request.fingerprint[:16], 16))
            sizes.append(characters_of(request))
            found.append(answered)
            samples[answered].offer(request)
    return _counted(marks, sizes, found, samples, example)


def make_plan(
    name: str,
    what: str,
    found: Survey,
    get_many: GetMany,
    *,
    price: Price | None,
    concurrency: int,
    max_tokens: int,
    pilot_cost_usd: float | None = None,
    notes: tuple[str, ...] = (),
    confidence: float = 0.95,
    seed: int = 0,
) -> Plan:
    """Estimate from the real answers in the store: those of the pilot, and a sample of those that were there before.

    `found` is the survey `after_pilot`, `price` and `max_tokens` those of the model, `pilot_cost_usd` what the pilot
    was paid for just now.

    Raises:
        CacheError: the store cannot be read.
    """
    seen = observe([*found.known, *found.pilot], get_many, price)
    totals = _rough(found, price, max_tokens) if not seen else _measured(found, seen, concurrency, confidence, seed)
    failed = sum(one.failed for one in seen)
    came = len(get_many([request.fingerprint for request in found.pilot]))
    return Plan(
        name=name,
        what=what,
        **{count: getattr(found, count) for count in COUNTS},
        rough=not seen,
        observed=len(seen),
        observed_contexts=len({one.context for one in seen}),
        **vars(totals),
        unparsable=_share(failed, len(seen), confidence),
        concurrency=concurrency,
        pilot_asked=len(found.pilot),
        pilot_lost=len(found.pilot) - came,
        pilot_cost_usd=pilot_cost_usd,
        example=next(iter(found.pilot), found.example),
        notes=notes,
    )


def after_pilot(found: Survey, get_many: GetMany) -> Survey:
    """The survey as it stands once the pilot was asked: what of it has an answer now is no longer ahead.

    Raises:
        CacheError: the store cannot be read.
    """
    known = get_many([request.fingerprint for request in found.pilot])
    paid = [request for request in found.pilot if request.fingerprint in known]
    less = sum(characters_of(request) for request in paid)
    return replace(found, answered=found.answered + len(paid), characters=found.characters - less)


def chunks(requests: Iterable[Request], size: int) -> Iterator[list[Request]]:
    """The requests in lists of at most `size`."""
    left = iter(requests)
    while chunk := list(islice(left, size)):
        yield chunk


def characters_of(request: Request) -> int:
    """Characters of all messages."""
    return sum(len(message.content) for message in request.messages)


class _Sample:
    """The `size` requests with the least hash."""

    def __init__(self, size: int, seed: int) -> None:
        self._size, self._mask = size, int(np.random.default_rng(seed).integers(2**64, dtype=np.uint64))
        self._heap: list[tuple[int, str, Request]] = []
        self._inside: set[str] = set()

    def offer(self, request: Request) -> None:
        fingerprint = request.fingerprint
        mixed = (int(fingerprint[:16], 16) ^ self._mask) * GOLDEN % 2**64
        entry = (-mixed, fingerprint, request)  # the greatest hash is on top of the heap
        if not self._size or fingerprint in self._inside:
            return
        if len(self._heap) < self._size:
            heappush(self._heap, entry)
        elif entry[:2] > self._heap[0][:2]:
            self._inside.discard(heapreplace(self._heap, entry)[1])
        else:
            return
        self._inside.add(fingerprint)

    def taken(self) -> tuple[Request, ...]:
        return tuple(request for *_, request in sorted(self._heap, key=lambda entry: entry[:2], reverse=True))


def _counted(
    marks: "array[int]",
    sizes: "array[int]",
    found: bytearray,
    samples: tuple[_Sample, _Sample],
    example: Request | None,
) -> Survey:
    _, first = np.unique(np.array(marks, np.uint64), return_index=True)
    answered = np.frombuffer(found, np.uint8)[first].astype(bool)
    characters = np.array(sizes, np.int64)[first]
    rest = characters[~answered]
    return Survey(
        requests=len(marks),
        distinct=len(first),
        answered=int(answered.sum()),
        characters=int(rest.sum()),
        sizes=_sizes(characters),
        pilot=samples[0].taken(),
        known=samples[1].taken(),
        example=example,
    )


def _sizes(characters: NDArray[np.int64]) -> Sizes:
    if not characters.size:
        return Sizes(nan, nan, nan, 0)
    p50, p95 = np.quantile(characters, [0.5, 0.95])
    return Sizes(float(characters.mean()), float(p50), float(p95), int(characters.max()))


def _rough(found: Survey, price: Price | None, max_tokens: int) -> Totals:
    """Ranges without a measured value."""
    low, high = found.characters / MAX_CHARS, found.characters / MIN_CHARS
    most = float(found.remaining * max_tokens)
    money = None
    if price is not None:
        money = Estimate(
            nan,
            low * price.input_per_mtok / 1e6,
            (high * price.input_per_mtok + most * price.output_per_mtok) / 1e6,
        )
    return Totals(Estimate(nan, low, high), Estimate(nan, 0.0, most), money, None)


def _measured(found: Survey, seen: list[Observation], concurrency: int, confidence: float, seed: int) -> Totals:
    def total(name: str, *, per_character: bool) -> Estimate | None:
        values = [getattr(one, name) for one in seen]
        if any(value is None for value in values):
            return None
        sizes = [one.characters if per_character else 1 for one in seen]
        ahead = found.characters if per_character else found.remaining
        contexts = [one.context for one in seen]
        return total_of(values, sizes, contexts, ahead, found.remaining, confidence=confidence, seed=seed)

    busy = total("latency_s", per_character=False)
    lanes = max(1, min(concurrency, found.remaining))
    return Totals(
        prompt_tokens=total("prompt_tokens", per_character=True),
        completion_tokens=total("completion_tokens", per_character=False),
        cost_usd=total("cost_usd", per_character=True),
        seconds=None if busy is None else Estimate(busy.value / lanes, busy.low / lanes, busy.high / lanes),
    )


def _share(hits: int, n: int, confidence: float) -> Estimate | None:
    interval = wilson(hits, n, confidence)
    return Estimate(hits / n, interval.low, interval.high) if n else None


def _shown(request: Request) -> dict[str, Any]:
    return {
        "model": request.model,
        "messages": msgspec.to_builtins(request.messages),
        "schema": None if request.schema is None else msgspec.to_builtins(dict(request.schema)),
        "sampling": dict(request.sampling),
    }
