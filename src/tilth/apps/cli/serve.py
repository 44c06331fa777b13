"""`tilth serve`, `tilth serve index`, `tilth serve reload` and `tilth serve key`"""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from tilth.apps.cli.console import print_json, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.errors import MissingExtraError, ServiceError

if TYPE_CHECKING:
    from tilth.client import Served

app = typer.Typer(help="Serve the filter, suggestions and query understanding over HTTP.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    check: Annotated[bool, typer.Option("--check", help="Say what would be served, and stop.")] = False,
) -> None:
    """Serve student, suggester and query understanding as [serve] says, until Ctrl-C or SIGTERM. SIGHUP reloads.

    Example: tilth serve --config my-project/tilth.toml
    """
    if context.invoked_subcommand is not None:
        return
    _need_extra()
    from tilth.apps.serve import run
    from tilth.config import load_config

    load_config(config)  # the other sections too, with its hints
    for line in told(run.check(config)):
        say(line)
    if check:
        return
    run.serve(config, say)


@app.command("index", epilog="Example: tilth serve index && tilth serve reload")
def index(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Prepare contexts and items that are new or have changed in the project's files. Nothing is trained."""
    from tilth.apps.project import Project

    indexed = Project(config).index()
    if as_json:
        print_json(indexed.to_json())
        return
    say(
        f"{indexed.contexts:,} contexts and {indexed.items:,} items, {indexed.prepared:,} prepared anew, "
        f"in {indexed.seconds:.1f} s"
    )
    say(f"Entities {indexed.generation} are valid; a running server takes them with `tilth serve reload`")


@app.command("reload", epilog="Example: tilth serve reload --config my-project/tilth.toml")
def reload(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Have a running server take up new settings and artifacts. No request is lost.

    Exits with 1 if a worker kept what it had.
    """
    _need_extra()
    from tilth.apps.serve.config import load_serve_config
    from tilth.apps.serve.places import Places
    from tilth.apps.serve.reloading import request_reload
    from tilth.apps.serve.restarting import restart_needed

    settings, work = load_serve_config(config)
    states, restart = request_reload(Places(work)), restart_needed(Places(work), settings)
    if as_json:
        print_json({"workers": states, "restart_needed": restart})
    for pid, state in sorted(states.items()):
        if not as_json:
            for line in told(state.versions):
                say(f"worker {pid}: {line}")
    if restart and not as_json:
        say(f"Changed, and without effect until the server is started anew: {', '.join(restart)}")
    failed = next((state.error for state in states.values() if state.error), None)
    if failed:
        raise ServiceError(f"the artifact before goes on answering: {failed}")


@app.command("key", epilog="Example: tilth serve key mailer")
def key(
    name: Annotated[str, typer.Argument(help="Who will use it; appears in the access log.")], as_json: AsJson = False
) -> None:
    """Make an API key. It is shown once; the settings hold only its hash."""
    from tilth.apps.serve.keys import new_key

    secret, stored = new_key(name)
    if as_json:
        print_json({"key": secret, "name": stored.name, "hash": stored.hash})
        return
    say(f"Key, shown this once: {secret}")
    say("Put this into tilth.toml:\n\n[[serve.keys]]")
    say(f'name = {json.dumps(stored.name, ensure_ascii=False)}\nhash = "{stored.hash}"')  # JSON's text is TOML's too


def told(served: "Served") -> list[str]:
    """What a server answers from, a line a part."""
    lines: list[str] = []
    if (now := served.filter) is not None:
        drops = "nothing is dropped" if now.threshold_p is None else f"drops from p >= {now.threshold_p:.3f}"
        lines.append(f"Student {now.artifact}, threshold {now.threshold}, entities {now.entities}; {drops}")
    if (offers := served.suggest) is not None:
        results = "no instant results" if offers.index is None else f"index {offers.index}"
        lines.append(f"Suggester {offers.suggester}, {results}")
    if (asks := served.understand) is not None:
        rules = {"proved": f"proved rules, generation {asks.generation}", "none": "no rules"}
        told = rules.get(asks.rules, "CANDIDATE rules, which nothing has proved")
        spelling = "no speller" if asks.speller is None else f"speller {asks.speller}"
        lines.append(f"Query understanding {asks.understanding}, {told}, {spelling}")
        if asks.stale:
            now = "no rules are" if asks.in_force is None else f"generation {asks.in_force} is"
            lines.append(f"  {now} in force now: run `tilth enrich expand`, then `tilth serve reload`")
    return lines


def _need_extra() -> None:
    from importlib.util import find_spec

    if not all(map(find_spec, ("litestar", "granian", "prometheus_client"))):
        raise MissingExtraError("tilth serve", "serve")
