"""What a fake server does wrong, and when."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

FaultKind = Literal[
    "latency",
    "rate_limit",
    "server_error",
    "hang",
    "reset",
    "cut_off",
    "malformed_json",
    "off_list",
    "refusal",
    "wrong_envelope",
    "megabyte",
]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call.

    | kind | what the client sees |
    | --- | --- |
    | latency | the proper answer, `seconds` late |
    | rate_limit | 429 with the header `Retry-After: <retry_after>` (seconds or an HTTP date; None: no header) |
    | server_error | 500 |
    | hang | nothing, until the client gives up or the server closes |
    | reset | the connection is reset |
    | cut_off | half of the proper answer, with finish_reason `length` |
    | malformed_json | the proper answer without its last character |
    | off_list | the proper answer with `field` (None: its first field) set to `value` |
    | refusal | no content, a refusal instead |
    | wrong_envelope | 200 with JSON that is no chat completion |
    | megabyte | `megabytes` of prose full of open braces, then the proper answer |
    """

    kind: FaultKind
    seconds: float = 0.05
    retry_after: str | None = "0"
    field: str | None = None
    value: Any = "off the list"
    megabytes: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"unknown fault '{self.kind}'; known are {', '.join(get_args(FaultKind))}")


class Faults:
    """Decides for each call, in the order in which they arrive, what goes wrong with it: nothing by default.

    `Faults.sequence(["server_error", None, Fault("latency", seconds=1)])` goes wrong exactly so and is fine afterwards;
    `Faults.random({"rate_limit": 0.1, "reset": 0.02}, seed=7)` draws at most one fault for each call;
    `Faults.at([(5, 65, "server_error")])` goes wrong from 5 to 65 s after the first call. `+` joins them: the first to
    name a fault has its way.
    """

    def __init__(
        self,
        script: Sequence[Fault | None] = (),
        chances: Sequence[tuple[Fault, float]] = (),
        seed: int = 0,
        times: Sequence[tuple[float, float, Fault]] = (),
    ) -> None:
        total = sum(chance for _, chance in chances)
        if total > 1 or any(chance < 0 for _, chance in chances):
            raise ValueError(f"probabilities of faults must be at least 0 and sum to at most 1, not {total:g}")
        self._script, self._chances = list(script), list(chances)
        self._times = list(times)
        self._rng = random.Random(seed)  # noqa: S311 - a repeatable test, no secret
        self._others: list[Faults] = []

    @classmethod
    def sequence(cls, faults: Sequence[Fault | FaultKind | None]) -> "Faults":
        """One entry a call; None is a call that goes well, as does every call after the last entry."""
        return cls(script=[_fault(one) for one in faults])

    @classmethod
    def random(cls, chances: Mapping[FaultKind, float] | Sequence[tuple[Fault, float]], *, seed: int) -> "Faults":
        """Faults by probability, the same ones for one seed."""
        pairs = chances.items() if isinstance(chances, Mapping) else chances
        return cls(chances=[(_checked(one), chance) for one, chance in pairs], seed=seed)

    @classmethod
    def at(cls, times: Sequence[tuple[float, float, Fault | FaultKind]]) -> "Faults":
        """Outages and storms: (start, end, fault) in seconds since the first call; the end is not included."""
        return cls(times=[(start, end, _checked(one)) for start, end, one in times])

    def __add__(self, other: "Faults") -> "Faults":
        joined = Faults()
        joined._others = [self, other]
        return joined

    def next(self, call: int, elapsed_s: float = 0.0) -> Fault | None:
        """The fault of call number `call` (0 for the first), that many seconds after the first call began.

        To be called once for each, in order.
        """
        for start, end, fault in self._times:
            if start <= elapsed_s < end:
                return fault
        drawn = [other.next(call, elapsed_s) for other in self._others]  # all of them: each draws once for each call
        return next((fault for fault in drawn if fault is not None), self._untimed(call))

    def _untimed(self, call: int) -> Fault | None:
        if call < len(self._script):
            return self._script[call]
        draw = self._rng.random()
        for fault, chance in self._chances:
            draw -= chance
            if draw < 0:
                return fault
        return None


def _fault(one: Fault | FaultKind | None) -> Fault | None:
    return None if one is None else _checked(one)


def _checked(one: Fault | FaultKind) -> Fault:
    return one if isinstance(one, Fault) else Fault(one)
