"""From what some real answers took to what all of them will take."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from tilth.llm.prices import Price, cost
from tilth.llm.repair import repair_request
from tilth.llm.reply import RECORDED, Reply
from tilth.llm.request import Request
from tilth.llm.store import CachedAnswer
from tilth.llm.structured import AnswerError, compile_schema, read_reply
from tilth.stats import ClusterBootstrap, Estimate

N_BOOT = 1000


@dataclass(frozen=True)
class Observation:
    """What one request took, its repair included; None where unknown. `failed`: it stayed unusable."""

    context: str
    characters: int
    prompt_tokens: float | None
    completion_tokens: float | None
    cost_usd: float | None
    latency_s: float | None
    failed: bool


@dataclass(frozen=True)
class Totals:
    """What is ahead: tokens, dollars, seconds; None where unknown."""

    prompt_tokens: Estimate | None
    completion_tokens: Estimate | None
    cost_usd: Estimate | None
    seconds: Estimate | None


def observe(
    requests: Sequence[Request],
    get_many: Callable[[Iterable[str]], Mapping[str, CachedAnswer]],
    price: Price | None,
) -> list[Observation]:
    """What the requests took that have answers in the store.

    One whose answer was unusable and whose repair is not there (the run was stopped in between) is left out. Money is
    worked out from tokens and `price`; without a price, or without tokens, it is what was recorded.

    Raises:
        CacheError: the store cannot be read.
    """
    first = get_many([request.fingerprint for request in requests])
    asked = {request.fingerprint: request for request in requests if request.fingerprint in first}
    repairs = {mark: _repair(request, first[mark].reply) for mark, request in asked.items()}
    second = get_many([repair.fingerprint for repair in repairs.values() if repair is not None])
    found: list[Observation] = []
    for mark, request in asked.items():
        tries, repair = [first[mark].reply], repairs[mark]
        if repair is not None and repair.fingerprint not in second:
            continue
        if repair is not None:
            tries.append(second[repair.fingerprint].reply)
        found.append(_observation(request, tries, price))
    return found


def total_of(
    values: ArrayLike,
    sizes: ArrayLike,
    contexts: Sequence[str],
    size_ahead: float,
    rows_ahead: int,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """The total of a quantity over `rows_ahead` rows of size `size_ahead` in all, from n rows in which it is known.

    A ratio estimator (Cochran 1977, chapter 6): sum of `values` (n,) over sum of `sizes` (n,), times the size ahead.
    Its variance is the cluster bootstrap's over `contexts` (n,), enlarged by C / (C - 1), plus that of the rows ahead
    around their own expectation; the interval uses Student's t with C - 1 degrees of freedom, as few contexts know
    little of their own spread. It is NaN with a single context, and does not go below 0.
    """
    value, size = np.asarray(values, np.float64), np.asarray(sizes, np.float64)
    bootstrap = ClusterBootstrap(np.asarray(contexts), n_boot=N_BOOT, seed=seed)
    ratio = float(value.sum() / size.sum()) if size.sum() else 0.0
    total, clusters = ratio * size_ahead, bootstrap.n_clusters
    if clusters < 2:
        return Estimate(total, float("nan"), float("nan"))
    sums = bootstrap.totals(np.column_stack([value, size]))
    draws = sums[:, 0] / np.maximum(sums[:, 1], 1e-12) * size_ahead
    residual = np.bincount(bootstrap.codes, value - ratio * size, clusters)
    ahead = rows_ahead / len(value) * float(residual @ residual) * clusters / (clusters - 1)
    spread = np.sqrt(draws.var() * clusters / (clusters - 1) + ahead)
    half = float(stdtrit(clusters - 1, 1 - (1 - confidence) / 2) * spread)
    return Estimate(total, max(0.0, total - half), total + half)


def _repair(request: Request, reply: Reply) -> Request | None:
    """The second question, where the first answer made one necessary."""
    reason = _complaint(request, reply)
    return None if reason is None or reply.finish_reason == RECORDED else repair_request(request, reply, reason)


def _complaint(request: Request, reply: Reply) -> str | None:
    try:
        read_reply(reply, None if request.schema is None else compile_schema(request.schema))
    except AnswerError as exc:
        return exc.reason
    return None


def _observation(request: Request, tries: list[Reply], price: Price | None) -> Observation:
    priced = [(cost(one.usage, price), one.cost_usd) for one in tries]
    return Observation(
        context=request.key[0] if request.key else request.fingerprint,
        characters=sum(len(message.content) for message in request.messages),
        prompt_tokens=_sum([one.usage.prompt_tokens for one in tries]),
        completion_tokens=_sum([one.usage.completion_tokens for one in tries]),
        cost_usd=_sum([recorded if known is None else known for known, recorded in priced]),
        latency_s=_sum([one.latency_s for one in tries]),
        failed=_complaint(request, tries[-1]) is not None,
    )


def _sum(parts: Sequence[float | None]) -> float | None:
    """The sum; None where a part is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
