"""How the student's probabilities are distributed where it was made: what later ones are held against."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.errors import ArtifactError
from tilth.stats import psi

FILE_NAME = "scores.json"
BINS = 10


class _File(msgspec.Struct, frozen=True):
    edges: list[float]
    shares: list[float]


@dataclass(frozen=True)
class Distribution:
    """`shares[i]` of the probabilities lay between the edges i - 1 and i; there is one share more than edges."""

    edges: NDArray[np.float64]
    shares: NDArray[np.float64]

    @staticmethod
    def of(p: NDArray[np.float64]) -> "Distribution":
        """Up to `BINS` bins between quantiles of `p`, shape (n,)."""
        edges = np.unique(np.quantile(p, np.arange(1, BINS) / BINS))
        shares = np.bincount(np.digitize(p, edges), minlength=len(edges) + 1) / len(p)
        return Distribution(edges, shares)

    def counts(self, p: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many of `p` fall into each bin."""
        return np.bincount(np.digitize(p, self.edges), minlength=len(self.shares))

    def drift(self, counts: NDArray[np.int64]) -> float:
        """Population stability index of those counts against the shares."""
        return psi(self.shares, counts)

    def save(self, folder: Path) -> None:
        content = msgspec.json.encode(_File(self.edges.tolist(), self.shares.tolist()))
        (folder / FILE_NAME).write_bytes(content)

    @staticmethod
    def load(folder: Path) -> "Distribution | None":
        """None where the student was made without one.

        Raises:
            ArtifactError: the file is damaged.
        """
        path = folder / FILE_NAME
        try:
            stored = msgspec.json.decode(path.read_bytes(), type=_File)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as exc:
            raise ArtifactError(f"{path}: cannot be read: {exc}") from exc
        if len(stored.shares) != len(stored.edges) + 1 or sum(stored.shares) <= 0 or min(stored.shares) < 0:
            raise ArtifactError(f"{path}: is damaged: its shares do not fit its edges")
        return Distribution(np.array(stored.edges), np.array(stored.shares))
