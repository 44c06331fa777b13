"""`[report]`."""

import msgspec


class ReportConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str | None = None
    examples: int = 8
    """How many dropped and how many kept pairs to show."""
