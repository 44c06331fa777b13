"""Where what was read contradicts what the catalog holds, and what does not stay for lack of confidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CONFLICT_FIELDS = ("role", "id", "attribute", "existing", "read", "confidence", "reason", "row", "resolution")
"""Columns of `conflicts.csv`."""
Resolution = Literal["", "existing", "read"]


@dataclass(frozen=True)
class Conflict:
    """A value that was read and one that exists and is another, both as cells of a file; `row` is that of the catalog's
    file. While `resolution` is not `read` the existing one stays."""

    role: str
    id: str
    attribute: str
    existing: str
    read: str
    confidence: float | None
    reason: str
    row: int | None
    resolution: Resolution = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.role, self.id, self.attribute)

    @property
    def both(self) -> tuple[str, str]:
        """What a resolution was about; another value on either side makes it void."""
        return (self.existing, self.read)


@dataclass(frozen=True)
class Unsure:
    """A value, or element of a list, that was read and became null."""

    role: str
    id: str
    attribute: str
    value: str
    confidence: float | None


Resolutions = Mapping[tuple[str, str, str], tuple[str, str, Resolution]]
"""By role, id and attribute: the existing and the read value that somebody looked at, and which one is to count."""


def resolved(conflict_key: tuple[str, str, str], both: tuple[str, str], resolutions: Resolutions) -> Resolution:
    """What was decided about these two values; empty where nothing was."""
    existing, read, resolution = resolutions.get(conflict_key, ("", "", ""))
    return resolution if (existing, read) == both else ""
