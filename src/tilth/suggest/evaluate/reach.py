"""What of the catalog people can get to through the suggestions, and how broad the suggestions are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.errors import DataError
from tilth.stats import ClusterBootstrap, Estimate, gini


@dataclass(frozen=True)
class Reach:
    """`never`: share of items that no query brings back. `gini`: how unevenly the others are brought back."""

    never: Estimate
    gini: Estimate


def retrievability(found: Sequence[NDArray[np.int64]], items: int, *, replicates: int = 200, seed: int = 0) -> Reach:
    """From the item numbers that each query brings back (Azzopardi and Vinay 2008, with a cut-off): intervals over
    queries.

    A replicate draws queries with replacement. It holds fewer distinct ones, so it reaches fewer items, less evenly:
    both numbers are biased upwards in replicates, and their intervals are moved to lie around the values.

    Raises:
        DataError: there are no queries or no items, or an item number lies outside.
    """
    if not found or items < 1:
        raise DataError("retrievability needs queries and items")
    rows = np.repeat(np.arange(len(found)), [len(one) for one in found])
    ids = np.concatenate(found).astype(np.int64)
    if len(ids) and not 0 <= ids.min() <= ids.max() < items:
        raise DataError(f"item numbers must lie between 0 and {items - 1}")
    bootstrap = ClusterBootstrap(np.arange(len(found)), n_boot=replicates, seed=seed)
    whole = np.bincount(ids, minlength=items)
    drawn = [np.bincount(ids, weights[rows], items) for weights in bootstrap.weights]
    return Reach(
        _centred(bootstrap, float((whole == 0).mean()), np.array([(one == 0).mean() for one in drawn])),
        _centred(bootstrap, gini(whole), np.array([gini(one) for one in drawn])),
    )


def exploratory_share(
    complete: Callable[[str], Sequence[str]], prefixes: Sequence[str], is_broad: Callable[[str], bool]
) -> NDArray[np.float64]:
    """Of what is offered for each prefix, the share that `is_broad`: (n,); NaN where nothing is offered.

    Which queries explore is for the caller to say: those that bring back many items of several kinds, say.
    """
    shares = np.full(len(prefixes), np.nan)
    for row, prefix in enumerate(prefixes):
        offered = complete(prefix)
        if offered:
            shares[row] = np.mean([is_broad(one) for one in offered])
    return shares


def _centred(bootstrap: ClusterBootstrap, value: float, replicates: NDArray[np.float64]) -> Estimate:
    moved = replicates - replicates.mean() + value
    return bootstrap.estimate(value, np.clip(moved, 0.0, 1.0))
