"""What a suggester answers with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Suggested:
    """One suggestion for a prefix. `edits` is how far what was typed is from its beginning."""

    query: str
    score: float
    source: str
    category: str
    edits: int = 0
