"""`tilth llm batch ...`, and `export` and `import` of the steps that ask an LLM"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tilth.apps.cli.chosen_gaps import refuse_gap_alone
from tilth.apps.cli.console import money, note, print_json, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, GapIds, GapsPath
from tilth.apps.cli.progress import Bars

if TYPE_CHECKING:
    from tilth.apps.project.asking.batch_runs import BatchRun, ExportRun, ImportRun
    from tilth.apps.project.asking.questions import Step

EXAMPLES = {
    "judge export": "Example: tilth judge export --teacher frontier --out for-the-provider",
    "judge import": "Example: tilth judge import work/batches/judge-frontier-001",
    "enrich export": "Example: tilth enrich export --out for-the-provider",
    "enrich import": "Example: tilth enrich import results.jsonl --export work/batches/enrich-frontier-001",
    "suggest export": "Example: tilth suggest export --gaps work/audit --out for-the-provider",
    "suggest import": "Example: tilth suggest import work/batches/suggest-frontier-001",
}
"""By step the command that takes the answers."""
_FOLDER = "work/batches/judge-frontier-001"
_LISTED = 5

app = typer.Typer(
    help="Exports at a hosted batch endpoint: submit, look, fetch, cancel.", no_args_is_help=True, rich_markup_mode=None
)

Folder = Annotated[Path, typer.Argument(help="Folder that `export` wrote.", metavar="DIR")]
Paths = Annotated[
    list[Path], typer.Argument(help="Folders of exports, or files with results and errors.", metavar="DIR_OR_FILES...")
]
Out = Annotated[Path | None, typer.Option(help="New folder [default: work/batches/STEP-NAME-001, -002, ...].")]
Format = Annotated[Literal["openai"], typer.Option("--format", help="OpenAI's; `vllm run-batch` reads it too.")]
Export = Annotated[
    Path | None, typer.Option("--export", help="Export that the files belong to [default: the folder they lie in].")
]


def export_judge(
    config: ConfigPath = DEFAULT_CONFIG,
    teacher: Annotated[str | None, typer.Option(help="The [llm.NAME] to ask.")] = None,
    out: Out = None,
    _format: Format = "openai",
    as_json: AsJson = False,
) -> None:
    """Write the questions of `judge run` that have no answer yet as batch files."""
    export_step("judge", config, teacher, out, as_json)


def export_enrich(
    config: ConfigPath = DEFAULT_CONFIG,
    out: Out = None,
    _format: Format = "openai",
    as_json: AsJson = False,
) -> None:
    """Write the questions of `enrich attributes` that have no answer yet as batch files."""
    export_step("enrich", config, None, out, as_json)


def export_suggest(
    config: ConfigPath = DEFAULT_CONFIG,
    gaps: GapsPath = None,
    gap: GapIds = None,
    out: Out = None,
    _format: Format = "openai",
    as_json: AsJson = False,
) -> None:
    """Write the questions of `suggest generate` that have no answer yet as batch files."""
    refuse_gap_alone(gaps, gap)
    export_step("suggest", config, None, out, as_json, gaps=gaps, gap_ids=gap or ())


def import_judge(
    paths: Paths, config: ConfigPath = DEFAULT_CONFIG, export: Export = None, as_json: AsJson = False
) -> None:
    """Read results of batches; the next `judge run` takes its answers from them."""
    import_step("judge", paths, config, export, as_json)


def import_enrich(
    paths: Paths, config: ConfigPath = DEFAULT_CONFIG, export: Export = None, as_json: AsJson = False
) -> None:
    """Read results of batches; the next `enrich attributes` takes its answers from them."""
    import_step("enrich", paths, config, export, as_json)


def import_suggest(
    paths: Paths, config: ConfigPath = DEFAULT_CONFIG, export: Export = None, as_json: AsJson = False
) -> None:
    """Read results of batches; the next `suggest generate` takes its answers from them."""
    import_step("suggest", paths, config, export, as_json)


@app.command("submit", epilog=f"Example: tilth llm batch submit {_FOLDER}")
def submit(folder: Folder, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Submit an export. Run again after any interruption, it goes on and submits no file twice."""
    from tilth.apps.project import Project

    with Bars() as bars:
        run = Project(config, progress=bars).batches.submit(folder)
    _show_batch(run, as_json, f"next: tilth llm batch fetch {folder} --wait")


@app.command("status", epilog=f"Example: tilth llm batch status {_FOLDER} --json")
def status(folder: Folder, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Ask the provider how far an export is."""
    from tilth.apps.project import Project

    run = Project(config).batches.status(folder)
    _show_batch(run, as_json, f"next: tilth llm batch fetch {folder}" if run.state.ended else None)


@app.command("fetch", epilog=f"Example: tilth llm batch fetch {_FOLDER} --wait")
def fetch(
    folder: Folder,
    config: ConfigPath = DEFAULT_CONFIG,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all batches have ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """Download the results and errors of batches that have ended."""
    from tilth.apps.project import Project

    with Bars() as bars:
        run = Project(config, progress=bars).batches.fetch(folder, wait=wait)
    from tilth.apps.project.asking.questions import COMMANDS

    carries = COMMANDS.get(run.step, (f"tilth {run.step}", ""))[0]
    _show_batch(run, as_json, f"next: {carries} import {folder}")


@app.command("cancel", epilog=f"Example: tilth llm batch cancel {_FOLDER}")
def cancel(folder: Folder, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Stop an export at the provider. What was answered can still be fetched."""
    from tilth.apps.project import Project

    run = Project(config).batches.cancel(folder)
    _show_batch(run, as_json, f"next: tilth llm batch fetch {folder} --wait, for what was answered before")


def export_step(
    step: "Step",
    config: Path,
    name: str | None,
    out: Path | None,
    as_json: bool,
    *,
    gaps: Path | None = None,
    gap_ids: Sequence[str] = (),
) -> None:
    """Write a step's questions as batch files, and say where."""
    from tilth.apps.project import Project

    with Bars() as bars:
        run = Project(config, progress=bars).batches.export(step, name, out, gaps=gaps, gap_ids=gap_ids)
    if as_json:
        print_json(run.to_json())
    else:
        _show_export(run)


def import_step(
    steps: "Step | tuple[Step, ...]", paths: list[Path], config: Path, export: Path | None, as_json: bool
) -> None:
    """Read results of the steps' batches, and say what came."""
    from tilth.apps.project import Project

    with Bars() as bars:
        runs = Project(config, progress=bars).batches.read(steps, paths, export=export)
    if as_json:
        print_json([run.to_json() for run in runs])
        return
    columns = ["export", "requests", "answered", "of these new", "failed", "missing", "tokens", "cost"]
    print_table("", columns, [_import_row(run) for run in runs])
    for run in runs:
        _say_import(run)


def _import_row(run: "ImportRun") -> tuple[object, ...]:
    read = run.imported
    tokens = f"{read.prompt_tokens + read.completion_tokens:,}"
    counts = (read.exported, read.answered, read.new, read.failed.total(), read.missing)
    return (run.folder.name, *(f"{count:,}" for count in counts), tokens, money(run.cost_usd))


def _say_import(run: "ImportRun") -> None:
    for reason, count in run.imported.failed.most_common():
        say(f"{run.llm}: {count:,} failed: {reason}")
    for reason, count in run.imported.ignored.most_common():
        say(f"{run.llm}: {count:,} lines not used: {reason}")
    if run.problems is not None:
        say(f"listed with file and line in {run.problems}")
    if run.full_price:
        note(f"[llm.{run.llm}.price] sets no batch_discount: answers are counted at the full price")
    from tilth.apps.project.asking.questions import COMMANDS

    carries, command = COMMANDS[run.step]
    if run.left is None:
        say(f"{run.llm}: the gaps that it was exported for are gone: run `{command}` for others")
        return
    again = f"; `{carries} export` writes just these" if run.left else ""
    say(f"{run.llm}: `{command}` would still ask {run.left:,}{again}")


def _show_export(run: "ExportRun") -> None:
    seen, manifest = run.exported.seen, run.exported.manifest
    if manifest is None:
        say(f"{run.llm}: nothing to export: all {seen.questions:,} questions are answered")
        return
    folder = run.exported.folder
    rows = [(file.name, f"{file.requests:,}", f"{file.bytes / 1e6:.1f}") for file in manifest.files]
    print_table("", ["file", "requests", "MB"], rows)
    say(f"{run.llm}: {run.exported.requests:,} requests for '{run.model}' in {folder}")
    say(f"left out: {seen.answered:,} that are answered, {seen.duplicates:,} that ask the same as another")
    for large in manifest.too_large[:_LISTED]:
        say(f"too large for any file: {', '.join(large.key)} ({large.bytes:,} bytes)")
    if len(manifest.too_large) > _LISTED:
        say(f"and {len(manifest.too_large) - _LISTED:,} more that are too large: see manifest.json")
    say(f"next: tilth llm batch submit {folder}, or run the files elsewhere and import what comes out")


def _show_batch(run: "BatchRun", as_json: bool, then: str | None) -> None:
    if as_json:
        print_json(run.to_json())
        return
    rows: list[tuple[object, ...]] = []
    for file in run.state.files:
        counts = file.counts
        done = ("–", "–", "–") if counts is None else (counts.total, counts.completed, counts.failed)
        rows.append((file.name, file.status or "not submitted", *done, len(file.fetched)))
    print_table("", ["file", "status", "requests", "answered", "failed", "fetched"], rows, left=2)
    for file in run.state.files:
        if file.trouble is not None:
            say(f"{file.name}: {file.trouble}")
    if then:
        say(then)
