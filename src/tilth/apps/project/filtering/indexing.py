"""The entity store that `tilth serve` answers from: the project's contexts and items, prepared."""

import time
from pathlib import Path

from tilth.apps.project import stored
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.results import Indexed
from tilth.artifacts import EntityStore, Filter, load_store, refresh_side, student_version, write_store
from tilth.artifacts.student import Prepared
from tilth.errors import ArtifactError


def index_entities(chosen: Filter, inputs: Inputs, work: Path, folder: Path) -> Indexed:
    """Prepare what the project's files hold now and make it the student's valid entity store. Entities that say what
    they said when the store before was written are taken from there.

    Raises:
        DataError: a file cannot be used.
        ArtifactError: the store cannot be written.
    """
    started = time.perf_counter()
    version = student_version(folder)
    before = _store_before(folder, version)
    contexts = refresh_side(
        chosen.student, before and before.contexts, inputs.contexts, stored.stored_attributes(work, "context")
    )
    items = refresh_side(chosen.student, before and before.items, inputs.items, stored.stored_attributes(work, "item"))
    generation = write_store(folder, version, Prepared(contexts.side, items.side))
    return Indexed(
        contexts=len(contexts.side),
        items=len(items.side),
        prepared=contexts.anew + items.anew,
        generation=generation,
        seconds=time.perf_counter() - started,
        path=folder,
    )


def _store_before(folder: Path, version: str) -> EntityStore | None:
    """None where there is none, or one of another student, or a damaged one."""
    try:
        return load_store(folder, version)
    except ArtifactError:
        return None
