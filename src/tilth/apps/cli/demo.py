"""`tilth demo`"""

import time
from pathlib import Path
from typing import Annotated

import typer

from tilth.apps.cli.console import note, print_json, say
from tilth.apps.cli.options import AsJson
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show import show_comparison, show_summary


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Folder to run in.")] = Path("tilth-demo"),
    as_json: AsJson = False,
) -> None:
    """Run the main job on the bundled job board: compare, label, distill, certify, filter, report."""
    from tilth.apps.project import Project
    from tilth.apps.project.demo import copy_jobboard

    started = time.perf_counter()
    with Bars() as bars:
        project = Project(copy_jobboard(folder), progress=bars)
        note("The job board is synthetic: texts and answers were written by an LLM, the gold computed from facts.")
        checked = project.check()
        runs = project.judge()
        comparison = project.compare()
        project.read_attributes()
        summary = project.distill()
        filtered = project.filter()
        path = project.report()
    seconds = time.perf_counter() - started
    if as_json:
        print_json(
            {
                "data": checked.to_json(),
                "judge": [run.to_json() for run in runs],
                "compare": comparison.to_json(),
                "distill": summary.to_json(),
                "filter": filtered.to_json(),
                "report": str(path),
                "seconds": seconds,
            }
        )
        return
    say("Read: " + ", ".join(f"{count:,} {what}" for what, count in checked.counts.items()))
    show_comparison(comparison)
    show_summary(summary, project.student_folder)
    say(f"\nOn all {filtered.n:,} recommendations the filter drops {filtered.dropped:,}: {filtered.path}")
    say(f"Done in {seconds:.0f} s. Report: {path}")
