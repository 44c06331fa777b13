"""A project's questions as batch files, at a hosted endpoint or anywhere else, and their answers back in its store."""

import csv
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tilth.apps.project.asking.awaiting import awaited
from tilth.apps.project.asking.batch_runs import BatchRun, ExportRun, ImportRun
from tilth.apps.project.asking.llms import api_key, asked_as, price_of, refuse_unknown
from tilth.apps.project.asking.questions import COMMANDS, Step, questions_of
from tilth.apps.project.asking.stores import project_ledger, project_store
from tilth.apps.project.enriching.reading import reader_name
from tilth.apps.project.enriching.synonym_asking import judge_of_pairs, proposer_of
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.apps.project.suggesting.generating import writer_name
from tilth.apps.project.suggesting.steps import Suggesting
from tilth.errors import ConfigError, DataError
from tilth.llm import Request
from tilth.llm.batch import (
    BatchApi,
    BatchState,
    HostedBatches,
    Manifest,
    Problem,
    has_manifest,
    import_results,
    outstanding,
    read_manifest,
    read_state,
    release_ended,
    result_files,
    write_requests,
)
from tilth.llm.batch.files import MAX_BYTES, MAX_REQUESTS
from tilth.llm.config import LLMConfig
from tilth.llm.endpoint import normalise_endpoint
from tilth.llm.store import Store

PROBLEMS = "problems.csv"


class Batches:
    """Batch files of one project."""

    def __init__(self, inputs: Inputs, work: Path, progress: Progress) -> None:
        self._inputs, self._work, self._progress = inputs, work, progress

    def export(
        self,
        step: Step,
        name: str | None = None,
        out: Path | None = None,
        *,
        gaps: Path | None = None,
        gap_ids: Sequence[str] = (),
        max_requests: int = MAX_REQUESTS,
        max_bytes: int = MAX_BYTES,
    ) -> ExportRun:
        """Write what `step` would still ask the LLM called `name` (the step's own by default) into a new folder.

        `gaps` and `gap_ids` say which items `suggest` asks about, as for `suggest.generate`.

        Raises:
            ConfigError: there is no such LLM, or it only repeats recorded answers.
            DataError: `out` holds an export already, or cannot be written.
        """
        name = self._llm_of(step, name)
        config = self._section(name)
        folder = out or self._next_folder(step, name)
        about = {"step": step, "llm": name}
        if gaps is not None:
            about |= {"gaps": str(gaps.resolve()), "gap": " ".join(gap_ids)}
        with project_store(self._inputs.config, base=self._inputs.base, work=self._work) as store:
            self._progress.start(f"{name} export", None)
            exported = write_requests(
                self._questions(step, name, about),
                folder,
                store=store,
                about=about,
                max_requests=max_requests,
                max_bytes=max_bytes,
                on_request=self._progress.advance,
            )
            self._progress.finish()
        return ExportRun(step, name, config.model or name, exported)

    def read(
        self, steps: Step | tuple[Step, ...], paths: Sequence[Path], *, export: Path | None = None
    ) -> list[ImportRun]:
        """Put the answers in result files into the store; `paths` are folders of exports of one of the `steps`, or
        files with results.

        A file belongs to the export `export`, or else to the one whose folder it lies in. Lines that brought no answer
        are listed in `problems.csv` in that folder.

        Raises:
            ConfigError: an export is of another step, or its LLM is not what it was.
            DataError: a file or folder cannot be used, or its results are not of the export.
        """
        runs: list[ImportRun] = []
        with project_store(self._inputs.config, base=self._inputs.base, work=self._work) as store:
            for folder, named in _by_export(paths, export).items():
                runs.append(self._read_one(steps if isinstance(steps, tuple) else (steps,), folder, named, store))
        return runs

    def submit(self, folder: Path) -> BatchRun:
        """Submit each file of an export that is not at the provider yet."""
        with self._hosted(folder) as (batches, api):
            self._progress.start("submitted", len(batches.manifest.files))
            awaited(api, lambda: batches.submit(lambda _: self._progress.advance()))
            self._progress.finish()
            return _run_of(batches)

    def status(self, folder: Path) -> BatchRun:
        """Ask the provider how far the batches of an export are."""
        with self._hosted(folder) as (batches, api):
            awaited(api, batches.refresh)
            return _run_of(batches)

    def fetch(self, folder: Path, *, wait: bool = False) -> BatchRun:
        """Download the results that are there; with `wait` all of them, once they are."""
        with self._hosted(folder) as (batches, api):
            told = _Told(self._progress, batches.manifest.requests)
            awaited(api, lambda: batches.wait(told) if wait else batches.refresh())
            self._progress.finish()
            awaited(api, batches.fetch)
            return _run_of(batches)

    def cancel(self, folder: Path) -> BatchRun:
        """Ask the provider to stop the batches of an export."""
        with self._hosted(folder) as (batches, api):
            awaited(api, batches.cancel)
            return _run_of(batches)

    def _read_one(self, steps: tuple[Step, ...], folder: Path, named: Sequence[Path], store: Store) -> ImportRun:
        manifest = read_manifest(folder)
        name = self._checked(folder, manifest, steps)
        step = steps[[str(one) for one in steps].index(manifest.about["step"])]
        files = [file for path in named for file in (_results_in(folder) if path == folder else [path])]
        config = self._inputs.config.llm[name]
        self._progress.start(f"{name} import", manifest.requests)
        with _listed(folder / PROBLEMS) as problems:
            imported = import_results(
                files,
                folder,
                manifest,
                store=store,
                price=price_of(config),
                discount=_discount(config),
                on_problem=problems.add,
                on_line=self._progress.advance,
            )
        self._progress.finish()
        if imported.ignored["unknown custom_id"] and not imported.answered and not imported.failed:
            hint = "were they made for another export, or another project?"
            raise DataError("none of its results is of this export", path=files[0], hint=hint)
        release_ended(folder, store)
        full_price = config.price is not None and config.price.batch_discount is None
        left = self._left(step, name, manifest.about, store)
        listed = folder / PROBLEMS if problems.count else None
        return ImportRun(step, name, folder, imported, left, full_price, listed)

    @contextmanager
    def _hosted(self, folder: Path) -> Generator[tuple[HostedBatches, BatchApi]]:
        manifest = read_manifest(folder)
        name = self._checked(folder, manifest)
        config = self._inputs.config.llm[name]
        with project_store(self._inputs.config, base=self._inputs.base, work=self._work) as store:
            api = BatchApi(str(config.base_url), api_key=api_key(name, config), timeout_s=config.timeout_s)
            yield (
                HostedBatches(
                    folder,
                    api,
                    store,
                    ledgers=[project_ledger(self._inputs.config)],
                    price=price_of(config),
                    discount=_discount(config),
                    max_retries=config.max_retries,
                ),
                api,
            )

    def _left(self, step: Step, name: str, about: Mapping[str, str], store: Store) -> int | None:
        """Calls that a run of the step would still make; None where the gaps of the export are not there any more."""
        try:
            asked = self._questions(step, name, about)
        except DataError:
            if "gaps" in about:
                return None
            raise
        return sum(1 for _ in outstanding(asked, store))

    def _questions(self, step: Step, name: str, about: Mapping[str, str]) -> Iterable[Request]:
        """All that `step` asks, answered or not; `about` names the gaps that an export was made for."""
        if step != "suggest":
            return questions_of(step, name, self._inputs, self._work)
        suggesting = Suggesting(self._inputs, self._work, self._progress)
        return suggesting.questions(name, gaps=about.get("gaps"), gap_ids=about.get("gap", "").split())

    def _llm_of(self, step: Step, name: str | None) -> str:
        config = self._inputs.config
        if name is not None:
            return name
        if step != "judge":
            named = {
                "enrich": reader_name,
                "suggest": writer_name,
                "synonyms": judge_of_pairs,
                "proposals": proposer_of,
            }
            return named[step](self._inputs)
        if len(config.judge.teachers) != 1:
            named = ", ".join(config.judge.teachers) or "none"
            raise ConfigError(f"tilth.toml: [judge] teachers names {named}\n  hint: say which with --teacher NAME")
        return config.judge.teachers[0]

    def _section(self, name: str) -> LLMConfig:
        refuse_unknown([name], self._inputs.config)
        config = self._inputs.config.llm[name]
        if config.provider == "recorded":
            raise ConfigError(f"[llm.{name}] repeats recorded answers: there is nothing to ask in a batch")
        return config

    def _checked(self, folder: Path, manifest: Manifest, steps: tuple[Step, ...] | None = None) -> str:
        """The name of the LLM that an export is for, which must still be what it was."""
        of_step, name = manifest.about.get("step", ""), manifest.about.get("llm", "")
        if steps is not None and of_step not in steps:
            command = COMMANDS.get(of_step, (f"tilth {of_step}", ""))[0]
            raise ConfigError(f"{folder}: is an export of `{of_step}`\n  hint: {command} import {folder}")
        model, endpoint, _ = asked_as(name, self._section(name), self._inputs.base)
        if (model, normalise_endpoint(endpoint)) != (manifest.model, manifest.endpoint):
            raise ConfigError(
                f"{folder}: was exported for '{manifest.model}' at {manifest.endpoint}, "
                f"but [llm.{name}] is '{model}' at {normalise_endpoint(endpoint)}\n"
                "  hint: its answers would not be found; export again, or set [llm] back to what it was"
            )
        return name

    def _next_folder(self, step: Step, name: str) -> Path:
        """The first of `batches/<step>-<name>-001` and so on that holds no whole export."""
        number = 1
        while has_manifest(folder := self._work / "batches" / f"{step}-{name}-{number:03d}"):
            number += 1
        return folder


def _run_of(batches: HostedBatches) -> BatchRun:
    return BatchRun(batches.manifest.about.get("step", ""), batches.folder, batches.state)


class _Told:
    """Draws how many requests of all batches are done."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._done = progress, 0
        progress.start("answered", total)

    def __call__(self, state: BatchState) -> None:
        done = sum(file.counts.completed + file.counts.failed for file in state.files if file.counts is not None)
        self._progress.advance(max(0, done - self._done))
        self._done = max(done, self._done)


class _Problems:
    """Lines that brought no answer, written as they come."""

    def __init__(self, writer: "csv.DictWriter[str]") -> None:
        self._writer, self.count = writer, 0

    def add(self, problem: Problem) -> None:
        self._writer.writerow(problem.to_json())
        self.count += 1


@contextmanager
def _listed(path: Path) -> Generator[_Problems]:
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["path", "line", "reason", "detail", "fingerprint"])
            writer.writeheader()
            yield _Problems(writer)
    except OSError as exc:
        raise DataError(f"cannot be written: {exc.strerror or exc}", path=path) from exc


def _discount(config: LLMConfig) -> float:
    discount = config.price.batch_discount if config.price else None
    return 1.0 if discount is None else discount


def _by_export(paths: Sequence[Path], export: Path | None) -> dict[Path, list[Path]]:
    """What was named, by the folder of the export that it belongs to; the folder itself stands for all in it."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        found.setdefault(path if path.is_dir() else _export_of(path, export), []).append(path)
    return found


def _results_in(folder: Path) -> list[Path]:
    manifest = read_manifest(folder)
    files = result_files(folder)
    if not files and not read_state(folder, manifest).ended:
        hint = f"`tilth llm batch fetch {folder}` brings them from a hosted endpoint; else put result files there"
        raise DataError("holds no results yet", path=folder, hint=hint)
    return files


def _export_of(path: Path, export: Path | None) -> Path:
    if export is not None:
        return export
    if not path.exists():
        raise DataError("no such file", path=path)
    for folder in (path.parent, path.parent.parent):
        if has_manifest(folder):
            return folder
    hint = "say which export its requests came from with --export DIR, or put it into that folder"
    raise DataError("lies in no folder of an export", path=path, hint=hint)
