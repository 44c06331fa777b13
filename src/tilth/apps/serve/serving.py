"""All that a worker answers from: the filter, suggestions, or both. Never changed: a reload makes a new one."""

from dataclasses import dataclass
from pathlib import Path

from tilth.apps.serve.artifact import STUDENT, Loaded, load
from tilth.apps.serve.config import ServeConfig
from tilth.apps.serve.problems import RequestError
from tilth.apps.serve.suggest.artifact import Suggesting, has_suggester, load_suggesting
from tilth.client.messages import Served
from tilth.errors import ArtifactError


@dataclass(frozen=True)
class Serving:
    """What is None is not there: its routes say so."""

    config: ServeConfig
    filter: Loaded | None
    suggest: Suggesting | None

    @property
    def served(self) -> Served:
        return Served(self.filter and self.filter.versions, self.suggest and self.suggest.versions)

    def filtering(self) -> Loaded:
        """Raises RequestError where there is no filter."""
        if self.filter is None:
            raise RequestError(503, "no_filter", "this server has no student; `tilth distill` makes one")
        return self.filter

    def suggesting(self) -> Suggesting:
        """Raises RequestError where there are no suggestions."""
        if self.suggest is None:
            raise RequestError(503, "no_suggester", "this server has no suggester; `tilth suggest build` makes one")
        return self.suggest


def load_serving(work: Path, config: ServeConfig, before: Serving | None = None) -> Serving:
    """Whatever the work folder has. A part that `before` had must be there: it is missing by mistake, or just being
    written.

    Raises:
        ArtifactError: there is neither a student nor a suggester, or what there is is damaged.
        MissingExtraError: the student compares texts with an encoder that is not installed.
    """
    student, suggester = (work / STUDENT).is_dir(), has_suggester(work)
    if not student and not suggester:
        hint = "`tilth distill` makes a student for the filter, `tilth suggest build` makes suggestions"
        raise ArtifactError(f"{work}: there is nothing to serve\n  hint: {hint}")
    filtered, suggested = (None, None) if before is None else (before.filter, before.suggest)
    chosen = load(work, config) if student or filtered is not None else None
    contexts = chosen.store.contexts if chosen is not None else None
    suggest = load_suggesting(work, config.suggest, contexts) if suggester or suggested is not None else None
    if suggest is not None and suggest.index is None and suggested is not None and suggested.index is not None:
        raise ArtifactError(f"{work}: the search index has gone\n  hint: wait for `tilth suggest build` to end")
    return Serving(config, chosen, suggest)
