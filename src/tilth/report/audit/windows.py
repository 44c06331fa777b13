"""What a time window is called."""

from datetime import datetime

DAY = 86_400.0


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
