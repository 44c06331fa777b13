"""All that a worker answers from: the filter, suggestions, query understanding, or some of them. Never changed: a
reload makes a new one."""

from dataclasses import dataclass
from pathlib import Path

from tilth.apps.serve.artifact import STUDENT, Loaded, load
from tilth.apps.serve.config import ServeConfig
from tilth.apps.serve.problems import RequestError
from tilth.apps.serve.suggest.artifact import Suggesting, has_suggester, load_suggesting
from tilth.apps.serve.understand.artifact import Understands, has_understanding, load_understands
from tilth.client.messages import Served
from tilth.errors import ArtifactError


@dataclass(frozen=True)
class Serving:
    """What is None is not there: its routes say so."""

    config: ServeConfig
    filter: Loaded | None
    suggest: Suggesting | None
    understand: Understands | None

    @property
    def served(self) -> Served:
        return Served(
            self.filter and self.filter.versions,
            self.suggest and self.suggest.versions,
            self.understand and self.understand.served,
        )

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

    def understanding(self) -> Understands:
        """Raises RequestError where there is no query understanding."""
        if self.understand is None:
            what = "this server has no query understanding; `tilth enrich expand` makes one"
            raise RequestError(503, "no_understanding", what)
        return self.understand


def load_serving(work: Path, config: ServeConfig, before: Serving | None = None) -> Serving:
    """Whatever the work folder has. A part that `before` had must be there: it is missing by mistake, or just being
    written.

    Raises:
        ArtifactError: there is neither a student nor a suggester nor an understanding, or what there is is damaged.
        MissingExtraError: the student compares texts with an encoder that is not installed.
    """
    student, suggester, understanding = (work / STUDENT).is_dir(), has_suggester(work), has_understanding(work)
    if not (student or suggester or understanding):
        hint = (
            "`tilth distill` makes a student for the filter, `tilth suggest build` makes suggestions, "
            "`tilth enrich expand` makes query understanding"
        )
        raise ArtifactError(f"{work}: there is nothing to serve\n  hint: {hint}")
    filtered = before and before.filter
    suggested = before and before.suggest
    understood = before and before.understand
    chosen = load(work, config) if student or filtered is not None else None
    contexts = chosen.store.contexts if chosen is not None else None
    suggest = load_suggesting(work, config.suggest, contexts) if suggester or suggested is not None else None
    if suggest is not None and suggest.index is None and suggested is not None and suggested.index is not None:
        raise ArtifactError(f"{work}: the search index has gone\n  hint: wait for `tilth suggest build` to end")
    understand = load_understands(work, config.understand) if understanding or understood is not None else None
    had_speller = understood is not None and understood.speller is not None and config.understand.spelling
    if had_speller and understand is not None and understand.speller is None:
        raise ArtifactError(f"{work}: the speller has gone\n  hint: wait for `tilth enrich spell` to end")
    return Serving(config, chosen, suggest, understand)
