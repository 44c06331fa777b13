"""`tilth`: the commands, and how errors leave it."""

import sys
from collections.abc import Callable

import typer

from tilth.apps.cli import (
    attributes,
    audit,
    batch,
    check,
    demo,
    distill,
    enrich,
    expand,
    filter,
    init,
    judge,
    llm,
    report,
    rules,
    serve,
    spell,
    suggest,
    synonyms,
)
from tilth.apps.cli.console import fail
from tilth.apps.cli.options import EXIT_CODES
from tilth.errors import TilthError

STOPPED = 130

app = typer.Typer(
    name="tilth",
    help="Find where search and recommendation data is thin, fill it with an LLM where that pays, distill the LLM's "
    "judgment into fast models, and prove with intervals that it helped.",
    epilog=f"Start with `tilth demo`, or `tilth init my-project`. {EXIT_CODES}",
    no_args_is_help=True,
    rich_markup_mode=None,  # brackets name sections of tilth.toml here; they are no markup
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init", epilog="Examples: tilth init my-project;  tilth init my-shop --for search")(init.init)
app.command("check", epilog="Example: tilth check --config my-project/tilth.toml")(check.check)
app.command("demo", epilog="Example: tilth demo --dir tilth-demo")(demo.demo)
app.add_typer(audit.app, name="audit")
app.add_typer(judge.app, name="judge")
app.add_typer(enrich.app, name="enrich")
app.add_typer(suggest.app, name="suggest")
judge.app.command("export", epilog=batch.EXAMPLES["judge export"])(batch.export_judge)
judge.app.command("import", epilog=batch.EXAMPLES["judge import"])(batch.import_judge)
enrich.app.command("export", epilog=batch.EXAMPLES["enrich export"])(batch.export_enrich)
enrich.app.command("import", epilog=batch.EXAMPLES["enrich import"])(batch.import_enrich)
enrich.app.add_typer(attributes.app, name="attributes")
enrich.app.add_typer(synonyms.app, name="synonyms")
enrich.app.add_typer(expand.app, name="expand")
suggest.app.command("export", epilog=batch.EXAMPLES["suggest export"])(batch.export_suggest)
suggest.app.command("import", epilog=batch.EXAMPLES["suggest import"])(batch.import_suggest)
enrich.app.add_typer(rules.app, name="rules")
enrich.app.add_typer(spell.app, name="spell")
llm.app.add_typer(batch.app, name="batch")
app.add_typer(llm.app, name="llm")
app.command("distill", epilog="Example: tilth distill --config my-project/tilth.toml")(distill.distill)
app.command("filter", epilog="Example: tilth filter new_pairs.csv --out decisions.csv")(filter.filter_pairs)
app.add_typer(serve.app, name="serve")
app.command("report", epilog="Example: tilth report --out report.html")(report.report)


def version(value: bool) -> None:
    if value:
        import tilth

        typer.echo(tilth.__version__)
        raise typer.Exit


@app.callback()
def root(
    _version: bool = typer.Option(False, "--version", callback=version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Entry point. What goes wrong on purpose (`TilthError`) is one message and an exit code, never a stack trace."""
    sys.exit(leave_with(lambda: app(standalone_mode=False)))


def leave_with(command: Callable[[], object]) -> int:
    """Run `command` and turn how it ended into an exit code."""
    try:
        result = command()
    except TilthError as exc:
        fail(str(exc))
        return exc.exit_code
    except typer.TyperException as exc:
        fail(exc.format_message())
        return 2
    except (KeyboardInterrupt, typer.Abort):
        result = STOPPED
    if result == STOPPED:  # typer turns Ctrl-C into this exit code by itself
        fail("stopped; answers that arrived are kept, run the same command again to go on")
    return result if isinstance(result, int) else 0
