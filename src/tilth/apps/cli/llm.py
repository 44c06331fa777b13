"""`tilth llm cache show`, `export`, `prune` and `forgive`"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tilth.apps.cli.console import money, print_json, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.errors import ConfigError

if TYPE_CHECKING:
    from tilth.apps.project.asking.answers import Shown
    from tilth.llm.store import Amount

app = typer.Typer(help="What was asked of LLMs, and what it cost.", no_args_is_help=True, rich_markup_mode=None)
cache = typer.Typer(
    help="Answers that were paid for, and the ledgers they were charged to.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(cache, name="cache")

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@cache.command("show", epilog="Example: tilth llm cache show --json")
def show(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Count the answers by model, with tokens, cost and dates; and what is spent, reserved and uncertain."""
    from tilth.apps.project.asking import answers

    with answers.opened(config) as store:
        shown = answers.show(store)
    if as_json:
        print_json(shown.to_json())
    else:
        _print(shown)


@cache.command("export", epilog="Example: tilth llm cache export --out answers.jsonl")
def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, JSONL.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write all answers, oldest first, one a line: fingerprint, text, tokens, cost, latency, model, dates."""
    from tilth.apps.project.asking import answers

    with answers.opened(config) as store:
        count = answers.export(store, out)
    if as_json:
        print_json({"answers": count, "path": str(out)})
    else:
        say(f"{count:,} answers in {out}")


@cache.command("prune", epilog="Example: tilth llm cache prune --before 2026-01-31 --model old-model --yes")
def prune(
    before: Annotated[str | None, typer.Option(help="Older than this day or moment (UTC).")] = None,
    model: Annotated[str | None, typer.Option(help="Of this model only, as the server named it.")] = None,
    yes: Yes = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Delete answers. Who asks the same again pays again; what was spent stays in the ledgers."""
    from tilth.apps.project.asking import answers

    chosen = answers.choose(before, model)
    with answers.opened(config) as store:
        if not yes:
            _ask(f"Delete the answers {chosen} from {store.place}? To ask again will cost again.")
        count = answers.prune(store, chosen)
    if as_json:
        print_json({"deleted": count})
    else:
        say(f"{count:,} answers deleted")


@cache.command("forgive", epilog="Example: tilth llm cache forgive NAME   (`tilth llm cache show` lists the names)")
def forgive(
    ledger: Annotated[str, typer.Argument(help="The ledger's name.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Free what is uncertain in a ledger, once the provider's bill shows that those calls were not charged."""
    from tilth.apps.project.asking import answers

    with answers.opened(config) as store:
        was = answers.forgive(store, ledger)
    if as_json:
        print_json({"ledger": ledger, "forgiven": was})
    else:
        say(f"{ledger}: {money(was.usd)}, {was.tokens:,} tokens and {was.requests:,} requests are free again")


def _print(shown: "Shown") -> None:
    size = "" if shown.summary.size_bytes is None else f", {shown.summary.size_bytes / 1e6:,.1f} MB"
    say(f"{shown.place}: {shown.answers:,} answers{size}, {shown.summary.open_claims:,} open claims")
    models = [
        (
            one.model or "(not named)",
            f"{one.answers:,}",
            f"{one.prompt_tokens:,}",
            f"{one.completion_tokens:,}",
            money(None if one.unpriced == one.answers else one.cost_usd),
            f"{one.unpriced:,}" if one.unpriced else None,
            f"{one.oldest:%Y-%m-%d}",
            f"{one.newest:%Y-%m-%d}",
        )
        for one in shown.summary.models
    ]
    columns = ["model", "answers", "prompt tokens", "completion tokens", "cost", "unpriced", "from", "to"]
    if models:
        print_table("", columns, models)
    ledgers = [
        (name, *(money(amount.usd) for amount in (one.spent, one.reserved, one.uncertain)), *_effort(one.committed))
        for name, one in shown.ledgers.items()
    ]
    if ledgers:
        print_table("\nLedgers", ["ledger", "spent", "reserved", "uncertain", "tokens", "requests"], ledgers)


def _effort(amount: "Amount") -> tuple[str, str]:
    return f"{amount.tokens:,}", f"{amount.requests:,}"


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise ConfigError("nobody is there to confirm\n  hint: say --yes")
    typer.confirm(question, abort=True, err=True)
