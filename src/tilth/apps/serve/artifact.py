"""What a worker has loaded. It is never changed: a reload makes a new one and puts it in the old one's place."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tilth.apps.serve.attributes import ClosedLists, closed_lists
from tilth.apps.serve.config import ServeConfig
from tilth.artifacts import (
    Decisions,
    Distribution,
    EntityStore,
    Filter,
    load_store,
    student_version,
    threshold_version,
)
from tilth.artifacts.student import Prepared
from tilth.artifacts.student.encoder import encoder_installed
from tilth.client.messages import Versions
from tilth.errors import MissingExtraError

STUDENT = "student"


@dataclass(frozen=True)
class Loaded:
    """A filter, its entities, and the settings that decide with them."""

    filter: Filter
    store: EntityStore
    distribution: Distribution | None
    config: ServeConfig
    versions: Versions

    @property
    def prepared(self) -> Prepared:
        return Prepared(self.store.contexts.prepared, self.store.items.prepared)

    @cached_property
    def closed_lists(self) -> ClosedLists:
        return closed_lists(self.filter.student)

    def decide(self, raw: NDArray[np.float64]) -> Decisions:
        return self.filter.decide(raw, self.config.threshold)


def load(work: Path, config: ServeConfig) -> Loaded:
    """The student in the work folder.

    Raises:
        ArtifactError: there is no student or no entity store, or one of them is damaged.
        MissingExtraError: the student compares texts with an encoder that is not installed.
    """
    folder = work / STUDENT
    chosen = Filter.load(folder)
    encoder = chosen.student.featurizer.config.encoder
    if encoder is not None and "encoder" in chosen.student.featurizer.config.groups and not encoder_installed():
        raise MissingExtraError(f"the student's encoder '{encoder}'", "encoder")
    version = student_version(folder)
    store = load_store(folder, version)
    versions = Versions(
        artifact=version,
        threshold=threshold_version(chosen, config.threshold),
        threshold_p=config.threshold if config.threshold is not None else chosen.threshold_p,
        entities=store.generation,
    )
    return Loaded(chosen, store, Distribution.load(folder), config, versions)
