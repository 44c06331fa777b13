"""Where a server keeps what it writes: `serve/` in the project's work folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    work: Path

    @property
    def folder(self) -> Path:
        return self.work / "serve"

    @property
    def pid(self) -> Path:
        return self.folder / "server.pid"

    @property
    def started(self) -> Path:
        """The settings that count until the next start."""
        return self.folder / "started.json"

    @property
    def stamp(self) -> Path:
        """Changes when workers are to reload."""
        return self.folder / "reload"

    @property
    def workers(self) -> Path:
        """A file a worker: what it answers from."""
        return self.folder / "workers"

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics"

    @property
    def access(self) -> Path:
        return self.folder / "access.jsonl"

    @property
    def decisions(self) -> Path:
        return self.folder / "decisions"

    @property
    def audit(self) -> Path:
        return self.folder / "audit"
