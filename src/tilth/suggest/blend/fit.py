"""Curves of usefulness by maximum likelihood, and whether they say more than the defaults do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.usefulness import DEFAULT, Curve, Usefulness, merged
from tilth.stats import ClusterBootstrap, Estimate
from tilth.suggest.blend.replay import Replayed

LEAST = 200
"""Clicked searches below which nothing is learned."""
PARTS = 3
CEILINGS = np.geomspace(0.01, 1.0, 25)
POWERS = np.geomspace(0.125, 4.0, 11)
ABOVE = 3
"""Suggestions that the plain rule puts above the items: what usefulness is compared with."""
_TINY = 1e-9


@dataclass(frozen=True)
class FittedUsefulness:
    """`usefulness`: what was learned, or the defaults where it does not pay. Both gains are measured on searches that
    the curves did not learn from, with intervals over searches: `log_loss` in nats a prefix against the defaults,
    `first` in the reciprocal rank of the first line that was wanted, against three suggestions above all items. None
    where there were too few clicked searches."""

    usefulness: Usefulness
    searches: int
    log_loss: Estimate | None = None
    first: Estimate | None = None

    def to_json(self) -> dict[str, Any]:
        curves = {
            name: {"ceiling": one.ceiling, "power": one.power}
            for name, one in (("suggestion", self.usefulness.suggestion), ("item", self.usefulness.item))
        }
        gains = {
            name: None if one is None else one.to_json()
            for name, one in (("log_loss_gain", self.log_loss), ("first_wanted_gain", self.first))
        }
        return {**curves, "learned": self.usefulness.searches > 0, "searches": self.searches, **gains}


def fit_usefulness(replayed: Sequence[Replayed], *, least: int = LEAST, seed: int = 0) -> FittedUsefulness:
    """Learn both curves from at least so many searches; keep them only if on searches held out, a third at a time, they
    foretell clicks better than the defaults, and their order is not shown to be worse than the plain rule's."""
    rows = np.array([one.row for one in replayed], np.int64)
    searches = len(np.unique(rows))
    if searches < max(least, 1):
        return FittedUsefulness(DEFAULT, searches)
    part = np.random.default_rng(seed).integers(0, PARTS, rows.max() + 1)[rows]
    loss, first = np.zeros(len(replayed)), np.zeros(len(replayed))
    for held in range(PARTS):
        curves = _fit([one for one, at in zip(replayed, part, strict=True) if at != held])
        for place in np.flatnonzero(part == held).tolist():
            one = replayed[place]
            loss[place] = log_loss(one, DEFAULT) - log_loss(one, curves)
            first[place] = first_gain(one, curves)
    bootstrap = ClusterBootstrap(rows, seed=seed)
    gains = [bootstrap.estimate(float(values.mean()), bootstrap.mean(values)) for values in (loss, first)]
    pays = gains[0].low > 0 and gains[1].high >= 0
    curves = _fit(replayed) if pays else DEFAULT
    return FittedUsefulness(curves, searches, *gains)


def log_loss(one: Replayed, curves: Usefulness) -> float:
    """Minus the log likelihood of what was wanted among all lines of a prefix."""
    offered, items = expected(one, curves)
    p = np.clip(np.concatenate([offered, items]), _TINY, 1 - _TINY)
    wanted = np.concatenate([one.meant, one.clicked])
    return float(-np.log(np.where(wanted, p, 1 - p)).sum())


def first_gain(one: Replayed, curves: Usefulness) -> float:
    """How much the reciprocal rank of the first line that was wanted is higher by usefulness than by the plain rule."""
    return _first_wanted(one, curves) - _first_by_rule(one)


def expected(one: Replayed, curves: Usefulness) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Usefulness of each suggestion (n,) and each item (m,), as a server reckons it."""
    offered, items = (
        _curve(curve, shares) for curve, shares in ((curves.suggestion, one.offered), (curves.item, one.items))
    )
    return offered, items * (offered[0] if one.guessed and len(offered) else 1.0)


def _fit(replayed: Sequence[Replayed]) -> Usefulness:
    shares, meant = (np.concatenate([getattr(one, name) for one in replayed]) for name in ("offered", "meant"))
    suggestion = _likeliest(shares, meant, np.ones(len(shares)))
    reach = np.concatenate(
        [
            np.full(len(one.items), float(_curve(suggestion, one.offered[:1])[0]) if one.guessed else 1.0)
            for one in replayed
        ]
    )
    shares, clicked = (np.concatenate([getattr(one, name) for one in replayed]) for name in ("items", "clicked"))
    return Usefulness(suggestion, _likeliest(shares, clicked, reach), len({one.row for one in replayed}))


def _likeliest(shares: NDArray[np.float64], wanted: NDArray[np.bool_], reach: NDArray[np.float64]) -> Curve:
    """The curve of the grid under which what was wanted is likeliest, where `reach` is a factor of each line."""
    if not wanted.any():
        return Curve(float(CEILINGS[0]), 1.0)
    best, found = -np.inf, Curve(1.0, 1.0)
    for power in POWERS:
        base = reach * shares**power
        for ceiling in CEILINGS:
            p = np.clip(ceiling * base, _TINY, 1 - _TINY)
            likelihood = float(np.log(p[wanted]).sum() + np.log1p(-p[~wanted]).sum())
            if likelihood > best:
                best, found = likelihood, Curve(float(ceiling), float(power))
    return found


def _curve(curve: Curve, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return curve.ceiling * shares**curve.power


def _first_wanted(one: Replayed, curves: Usefulness) -> float:
    offered, items = expected(one, curves)
    lines = merged(offered.tolist(), items.tolist(), ABOVE)
    return _reciprocal([(one.meant if line.kind == "suggestion" else one.clicked)[line.at] for line in lines])


def _first_by_rule(one: Replayed) -> float:
    return _reciprocal([*one.meant[:ABOVE], *one.clicked, *one.meant[ABOVE:]])


def _reciprocal(wanted: Sequence[Any]) -> float:
    """1 / rank of the first line that was wanted; 0 where none was."""
    return next((1 / rank for rank, one in enumerate(wanted, 1) if one), 0.0)
