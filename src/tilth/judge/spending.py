"""What a source cost, in money, tokens and time."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Spending:
    """None where unknown: a sum with an unknown part is unknown."""

    cost_usd: float | None
    cost_per_1000: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_p50_s: float | None
    latency_p95_s: float | None


def spending_of(table: pa.Table, n_labels: int) -> Spending:
    """Sums over the rows of one source; `n_labels` of them carry a label.

    A failure that left nothing behind (no text, no tokens, no price) is a request that got no answer, and adds nothing;
    any other row without a price makes the cost unknown. Latency quantiles are over the rows that have one.
    """
    came = pc.or_(pc.is_valid(table["grade"]), pc.is_valid(table["raw"]))
    for column in ("prompt_tokens", "completion_tokens", "cost_usd"):
        came = pc.or_(came, pc.is_valid(table[column]))
    answers = table.filter(came)
    cost = _total(answers["cost_usd"])
    prompt, completion = (_total(answers[name]) for name in ("prompt_tokens", "completion_tokens"))
    latency = np.asarray(pc.drop_null(answers["latency_s"]).to_numpy(), dtype=np.float64)
    return Spending(
        cost_usd=cost,
        cost_per_1000=None if cost is None or not n_labels else cost / n_labels * 1000,
        prompt_tokens=None if prompt is None else int(prompt),
        completion_tokens=None if completion is None else int(completion),
        latency_p50_s=float(np.quantile(latency, 0.5)) if latency.size else None,
        latency_p95_s=float(np.quantile(latency, 0.95)) if latency.size else None,
    )


def _total(values: pa.ChunkedArray) -> float | None:
    if not len(values) or values.null_count:
        return None
    return pc.sum(values).as_py()
