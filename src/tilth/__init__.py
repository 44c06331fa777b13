"""Tilth prepares the data that search and recommendation grow on.

It finds where that data is thin, fills the gaps with an LLM only where that pays, distills the LLM's judgment into
models that answer in milliseconds, and proves with intervals that it helped.

The map, highest layer first; a layer imports only from those below it:

    apps.cli                                   the commands
    apps.project                               a project on disk: one call per command
    apps.serve                                 the filter behind HTTP
    config                                     tilth.toml -> frozen settings
    audit | judge | enrich | distill | report  the steps; they exchange records and never import one another
    artifacts                                  what building writes and filtering reads
    data | llm | engine                        the user's files | the LLM's answers | how a plan runs
    stats | text                               pure functions
    records                                    the nouns
    errors                                     the exception tree

and beside them `client`, which asks a running server, and `testing`: a fake LLM server and the bundled job board.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from tilth.errors import TilthError

if TYPE_CHECKING:
    from tilth.apps.project import Project
    from tilth.client import AsyncClient, Client

__version__ = version("tilth")
__all__ = ["AsyncClient", "Client", "Project", "TilthError", "__version__"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `import tilth` stays light.
    if name == "Project":
        from tilth.apps.project import Project

        return Project
    if name in ("Client", "AsyncClient"):
        from tilth import client

        return getattr(client, name)
    raise AttributeError(f"module 'tilth' has no attribute {name!r}")
