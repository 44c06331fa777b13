"""What a time window is called."""

from dataclasses import dataclass
from datetime import datetime

DAY = 86_400.0


@dataclass(frozen=True)
class Window:
    """A time window and its interactions; `events` is None where nobody counted them."""

    start: datetime
    end: datetime | None = None
    events: int | None = None

    @property
    def name(self) -> str:
        return window_name(self.start, self.end)

    @property
    def phrase(self) -> str:
        """As it stands in a sentence: a week is named by its first day, which it is not."""
        days = (self.end - self.start).total_seconds() / DAY if self.end is not None else 1.0
        return f"the week of {self.name}" if 1.5 < days <= 20 else self.name


def window_name(start: datetime | None, end: datetime | None) -> str:
    """2024-05-06, 2024-05, 2024 Q2 or 2024, by how long it lasts; a dash without a start."""
    if start is None:
        return "–"
    days = (end - start).total_seconds() / DAY if end is not None else 1.0
    if days > 300:
        return f"{start.year}"
    if days > 80:
        return f"{start.year} Q{(start.month + 2) // 3}"
    return f"{start:%Y-%m}" if days > 20 else f"{start:%Y-%m-%d}"
