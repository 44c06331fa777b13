"""How much two sets of words share."""

from collections.abc import Iterable, Sequence


def containment(part: Iterable[str], whole: Iterable[str]) -> float:
    """Share of the distinct words of `part` that stand in `whole`; 0 for an empty part."""
    first = set(part)
    return len(first & set(whole)) / len(first) if first else 0.0


def jaccard(left: Iterable[str], right: Iterable[str]) -> float:
    """|intersection| / |union|; 0 when both are empty."""
    first, second = set(left), set(right)
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def missing(part: Sequence[str], whole: Iterable[str]) -> list[str]:
    """Distinct words of `part` that `whole` lacks, in order."""
    present = set(whole)
    return [word for word in dict.fromkeys(part) if word not in present]
