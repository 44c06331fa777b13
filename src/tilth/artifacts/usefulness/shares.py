"""Scores as shares of what is on offer. Each rises with its own score and falls with the others'."""

from collections.abc import Sequence

COMPLETIONS = 24
"""Suggestions among which the weight of a prefix is shared; a suggester lists so many beforehand."""
EDIT_SHARE = 0.5
"""What a typing error takes from a share: what was typed may be the beginning of something that is not there at all."""


def suggestion_shares(scores: Sequence[float], among: Sequence[float], edits: int = 0) -> list[float]:
    """Of each of `scores` its share of the weight of the completions `among`, less EDIT_SHARE for each of `edits`.

    A score is a logarithm to the base 2: of searches times the share of them that led somewhere, times the trust in
    the source. So a share is how often, of those who typed the prefix, somebody means this and finds something.
    """
    if not scores:
        return []
    highest = max((*scores, *among))
    total = sum(2.0 ** (score - highest) for score in among)
    least = EDIT_SHARE**edits
    return [_share(2.0 ** (score - highest), total) * least for score in scores]


def item_shares(scores: Sequence[float], among: Sequence[float], matches: int) -> list[float]:
    """Of each of the BM25 `scores` its share of the weight of all `matches`: of those `among` the best, and of the
    others as if each was as good as the last of these. 1 for an item that was found by its title alone (score 0)."""
    total = sum(among) + max(matches - len(among), 0) * (among[-1] if among else 0.0)
    return [_share(score, total) if score > 0 else 1.0 for score in scores]


def _share(weight: float, total: float) -> float:
    return min(weight / total, 1.0) if total > 0 else 1.0
