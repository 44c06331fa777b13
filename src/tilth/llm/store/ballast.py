"""Room on the disk that is held back, so that what was paid for can be kept when the disk is full."""

import os
from contextlib import suppress
from pathlib import Path

SIZE = 4 * 1024 * 1024


class Ballast:
    """A file beside the store. Where it is missing, the disk was full, and nothing more may be asked for."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".ballast")

    def load(self) -> None:
        """Make the file, where there is none and the disk has the room; its content does not compress away."""
        if self.is_there():
            return
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                file.write(os.urandom(SIZE))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        except OSError:
            part.unlink(missing_ok=True)

    def is_there(self) -> bool:
        return self.path.exists()

    def drop(self) -> None:
        """Give the room free."""
        with suppress(OSError):
            self.path.unlink()
