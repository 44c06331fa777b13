"""The suggester and the search index, as one worker has mapped them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tilth.apps.serve.suggest.config import SuggestConfig
from tilth.apps.serve.suggest.tastes import Tastes, tastes_of
from tilth.artifacts import StoredSide
from tilth.artifacts.index import SearchIndex, index_version
from tilth.artifacts.suggester import Suggester
from tilth.artifacts.usefulness import DEFAULT, Usefulness, read_usefulness
from tilth.client.messages import SuggestVersions

SUGGESTER, INDEX = "suggester", "index"
LOG = "log"


@dataclass(frozen=True)
class Suggesting:
    """`cold`: rows of the cold categories, where the exploration has a share."""

    suggester: Suggester
    index: SearchIndex | None
    tastes: Tastes
    cold: list[NDArray[np.int64]] | None
    config: SuggestConfig
    versions: SuggestVersions
    usefulness: Usefulness = DEFAULT


def has_suggester(work: Path) -> bool:
    return (work / SUGGESTER).is_dir()


def load_suggesting(work: Path, config: SuggestConfig, contexts: StoredSide | None) -> Suggesting:
    """What is in the work folder; `contexts` are those whose words may move suggestions.

    Raises:
        ArtifactError: there is no suggester, or it, its curves or the index is damaged.
    """
    suggester = Suggester(work / SUGGESTER)
    index = SearchIndex.open(work / INDEX) if (work / INDEX).is_dir() else None
    version = index_version(work / INDEX) if index is not None else None
    cold = suggester.rows_of(cold_categories(suggester, config)) if config.explore_share > 0 else None
    tastes = tastes_of(index, contexts, config.personal)
    versions, usefulness = SuggestVersions(suggester.version, version), read_usefulness(work / SUGGESTER)
    return Suggesting(suggester, index, tastes, cold, config, versions, usefulness)


def cold_categories(suggester: Suggester, config: SuggestConfig) -> set[str]:
    """Those of the settings; else those of which no suggestion comes from a log, if any other's does."""
    if config.cold != "auto":
        return set(config.cold)
    typed = {
        category: any(source.startswith(LOG) for source in sources)
        for category, sources in suggester.sources_of().items()
    }
    return {category for category, known in typed.items() if category and not known} if any(typed.values()) else set()
