"""Who is asked."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reader:
    """An LLM in the role of a reader."""

    name: str
    model: str
    endpoint: str
    sampling: dict[str, Any]
