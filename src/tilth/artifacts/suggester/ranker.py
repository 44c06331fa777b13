"""An order of suggestions that was learned from a log: LambdaMART (Burges 2010) over the best ones of a prefix."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.suggester.features import FEATURES, features
from tilth.artifacts.suggester.suggested import Suggested
from tilth.errors import ArtifactError

CANDIDATES = 24
"""So many of the best suggestions of a prefix are put in a new order."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: list[str]
    model: str


@dataclass(frozen=True)
class Ranker:
    """`model` in LightGBM's text form; `sources` as they are numbered. Safe from any thread."""

    model: str
    sources: tuple[str, ...]

    def order(self, typed: str, offered: Sequence[Suggested]) -> list[Suggested]:
        """What is offered, the best first."""
        if len(offered) < 2:
            return list(offered)
        values = self.values(features(typed, offered, self.sources))
        return [offered[place] for place in np.argsort(-values, kind="stable")]

    def values(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each row of features is worth: (n,)."""
        return np.asarray(self._booster.predict(X, num_threads=1), np.float64)

    @cached_property
    def _booster(self) -> Any:
        import lightgbm as lgb

        return lgb.Booster(model_str=self.model)

    def to_bytes(self) -> bytes:
        """As JSON."""
        return msgspec.json.encode(_File(list(self.sources), self.model))

    @classmethod
    def load(cls, path: Path) -> "Ranker":
        """Raises:
        ArtifactError: the file is missing, or holds no ranker.
        """
        import lightgbm as lgb

        try:
            found = msgspec.json.decode(path.read_bytes(), type=_File)
            # LightGBM may abort the process on a cut-off text instead of raising.
            if not found.model.startswith("tree\n") or "end of trees" not in found.model:
                raise ValueError("not a whole LightGBM model")
            ranker = cls(found.model, tuple(found.sources))
            if ranker._booster.num_feature() != len(FEATURES):
                raise ValueError(f"it does not look at {len(FEATURES)} features")
        except (OSError, ValueError, msgspec.MsgspecError, lgb.basic.LightGBMError) as exc:
            raise ArtifactError(f"{path}: is no ranker: {exc}\n  hint: run `tilth suggest evaluate` again") from exc
        return ranker

    @property
    def name(self) -> str:
        """Of its file: another ranker has another name."""
        return f"ranker-{blake2b(self.to_bytes(), digest_size=6).hexdigest()}.json"
