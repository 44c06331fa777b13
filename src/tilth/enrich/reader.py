"""An LLM in the role of a reader."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reader:
    """Who is asked, and how."""

    name: str
    model: str
    endpoint: str
    sampling: dict[str, Any]
