"""`[enrich.prove]`: on what terms a rule is kept."""

from typing import Literal

import msgspec

from tilth.errors import ConfigError


class ProveConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[enrich.prove]`."""

    judged_by: tuple[str, ...] = ()
    """Sources of labels that judge queries beside `[data.gold]`, such as `model:cheap`: of `[[data.judgments]]`, or of
    LLMs that `tilth judge run` has asked. Their error is measured where people judged too, and taken off."""
    k: int = 10
    """Places that nDCG looks at."""
    recall_k: int = 100
    depth: int = 200
    """Results fetched for each query: the condensed view needs more than `k`."""
    relevant_from: float = 1.0
    """Grade from which on an item is relevant, for recall."""
    objective: Literal["zero", "condensed", "both"] = "both"
    """Which nDCG a set has to raise: with unjudged results as worthless, without them, or both."""
    factors: tuple[float, ...] = (1.0,)
    """What the weights of a family's rules may be multiplied by; the best is chosen on the same queries as the family,
    so within each fold anew."""
    folds: int = 5
    n_boot: int = 2000
    confidence: float = 0.95
    seed: int = 0


def check_prove(config: ProveConfig) -> None:
    """Raises ConfigError where a value is out of range."""
    for name, least in (("k", 1), ("recall_k", 1), ("folds", 2), ("n_boot", 100)):
        if getattr(config, name) < least:
            raise ConfigError(f"[enrich.prove] {name} must be at least {least}, not {getattr(config, name)}")
    if config.depth < max(config.k, config.recall_k):
        raise ConfigError("[enrich.prove] depth must be at least k and recall_k")
    if not config.factors or not all(0 < factor < float("inf") for factor in config.factors):
        raise ConfigError("[enrich.prove] factors must be numbers above 0, at least one")
    if not 0 < config.confidence < 1:
        raise ConfigError(f"[enrich.prove] confidence must lie between 0 and 1, not {config.confidence}")
