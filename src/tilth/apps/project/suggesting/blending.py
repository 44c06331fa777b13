"""How useful suggestions and instant results are, learned from a project's log when the suggester is built."""

from pathlib import Path

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggester
from tilth.artifacts.usefulness import DEFAULT, write_usefulness
from tilth.suggest.blend import FittedUsefulness, fit_usefulness, replay, sample_clicked


def learn_usefulness(
    inputs: Inputs, suggester: Suggester, index: SearchIndex, folder: Path, progress: Progress
) -> FittedUsefulness:
    """Fit the curves to the clicked searches of `[data.searches]` and write them beside the suggester in `folder`; the
    defaults where there is no such log, or too little in it.

    Raises:
        ArtifactError: the file cannot be written.
        DataError: the log cannot be used.
    """
    source, seed = inputs.config.data.searches, inputs.config.project.seed
    fitted = FittedUsefulness(DEFAULT, 0)
    if source is not None and source.clicked is not None:
        progress.start("clicks", None)
        searches = sample_clicked(source, base=inputs.base, seed=seed, on_rows=progress.advance)
        progress.finish()
        progress.start("typing searches again", len(searches))
        fitted = fit_usefulness(replay(searches, suggester, index, seed=seed, on_done=progress.advance), seed=seed)
        progress.finish()
    write_usefulness(folder, fitted.usefulness)
    return fitted
