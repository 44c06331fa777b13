"""`[serve.understand]`."""

from typing import Literal

import msgspec


class UnderstandConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How queries are understood."""

    spelling: bool = True
    """Whether the speller of the work folder, if there is one, corrects a query before it is understood."""
    deadline_ms: float | Literal["none"] = 50.0
    """What is not done by then is left out. A request may ask for less in `Tilth-Deadline-Ms`."""

    @property
    def deadline(self) -> float | None:
        """Milliseconds; None where there is none."""
        return None if self.deadline_ms == "none" else float(self.deadline_ms)
