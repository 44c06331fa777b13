"""`tilth filter`"""

from pathlib import Path
from typing import Annotated

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars


def filter_pairs(
    pairs: Annotated[
        str | None, typer.Argument(metavar="[PAIRS]", help="File of pairs, with the columns of [data.pairs].")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write: .csv or .parquet.")] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Drop from this probability on, instead of the certified one.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Score a file of pairs with the student: keep or drop, the probability, and for a drop the reasons."""
    from tilth.apps.project import Project

    with Bars() as bars:
        result = Project(config, progress=bars).filter(pairs, out=out, threshold=threshold)
    if as_json:
        print_json(result.to_json())
        return
    share = f"{100 * result.dropped_share:.1f} %"
    say(f"{result.n:,} pairs, {result.dropped:,} dropped ({share}), in {result.seconds:.1f} s")
    if result.unknown:
        say(f"{result.unknown:,} pairs name a context or item that is not known; they are kept, without a score")
    for line in result.notes:
        say(line)
    say(f"Written to {result.path}")
