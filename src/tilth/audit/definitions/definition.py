"""What a measure means."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "count", "days", "ratio", "score"]


@dataclass(frozen=True)
class Definition:
    """`meaning` is one plain sentence, `formula` the exact one, `source` the paper or standard, "" for common ones.

    `better` says which way is up: None where neither is.
    """

    name: str
    label: str
    unit: Unit
    better: Literal["lower", "higher"] | None
    meaning: str
    formula: str
    source: str = ""
