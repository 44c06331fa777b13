"""The entity store that `tilth serve` answers from: the project's contexts and items, prepared."""

import time
from pathlib import Path

from tilth.apps.project.filtering import prepare
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.results import Indexed
from tilth.artifacts import Filter, student_version, write_store


def index_entities(chosen: Filter, inputs: Inputs, work: Path, folder: Path) -> Indexed:
    """Prepare everything that the project's files hold now and make it the student's valid entity store.

    Raises:
        DataError: a file cannot be used.
        ArtifactError: the store cannot be written.
    """
    started = time.perf_counter()
    prepared = prepare(chosen, inputs, work)
    generation = write_store(folder, student_version(folder), prepared)
    seconds = time.perf_counter() - started
    return Indexed(len(prepared.contexts), len(prepared.items), generation, seconds, folder)
