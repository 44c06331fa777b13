"""What one set of words lacks of another."""

from collections.abc import Iterable, Sequence


def missing(part: Sequence[str], whole: Iterable[str]) -> list[str]:
    """Distinct words of `part` that `whole` lacks, in order."""
    present = set(whole)
    return [word for word in dict.fromkeys(part) if word not in present]
