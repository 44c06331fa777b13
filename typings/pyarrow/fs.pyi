"""pyarrow ships no types; what comes from it is Any."""

from typing import Any

def __getattr__(name: str) -> Any: ...
