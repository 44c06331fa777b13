"""`tilth enrich synonyms`"""

from typing import TYPE_CHECKING, Annotated

import typer

from tilth.apps.cli.console import print_json, print_table, say
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, BudgetRequests, BudgetTokens, BudgetUsd, ConfigPath
from tilth.apps.cli.progress import Bars

if TYPE_CHECKING:
    from tilth.apps.project.mining import Mined

EXAMPLES = {
    "synonyms": "Examples: tilth enrich synonyms;  tilth enrich synonyms --limit 500 --budget-usd 2",
}


def synonyms(
    config: ConfigPath = DEFAULT_CONFIG,
    limit: Annotated[int | None, typer.Option(min=0, help="Ask the LLM about at most so many new pairs.")] = None,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_requests: BudgetRequests = None,
    as_json: AsJson = False,
) -> None:
    """Look for words that may stand for each other, in the catalog and in [data.searches].

    With [enrich.synonyms] llm each pair is asked about once; what was dismissed stays so. Nothing is in force before
    `tilth enrich rules prove` has kept it.
    """
    from tilth.apps.project import Project
    from tilth.llm import Limits

    limits = Limits(budget_usd, budget_tokens, budget_requests)
    with Bars() as bars:
        mined = Project(config, progress=bars).mine_synonyms(limits=limits, limit=limit)
    _show(mined, as_json=as_json)


def _show(mined: "Mined", *, as_json: bool) -> None:
    found = mined.to_json()
    if as_json:
        print_json(found)
        return
    print_table("", ["miner", "rules"], [(one["name"], one["rules"]) for one in found["miners"]])
    for one in found["miners"]:
        say(f"{one['name']}: {'; '.join(one['examples'])}")
    if mined.asked or mined.dismissed:
        say(f"asked about {mined.asked} pairs; {mined.dismissed} are dismissed for good")
    say(f"candidates in {mined.path}; nothing is in force before `tilth enrich rules prove` has kept it")
