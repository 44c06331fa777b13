"""What a step of a project would ask, and what it would take."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from tilth.apps.project.asking.llms import OpenLLM, open_llm, price_of, refuse_unknown
from tilth.apps.project.asking.questions import of_pairs, of_side
from tilth.apps.project.enriching import synonym_asking
from tilth.apps.project.enriching.reading import reader_name
from tilth.apps.project.enriching.spelling_asking import KEYS, spelling_questions
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress, known_cost
from tilth.apps.project.stored import sides_to_read
from tilth.config import Config
from tilth.errors import ConfigError
from tilth.llm import Answer, Request, Tally, run_all
from tilth.llm.config import BudgetConfig
from tilth.llm.plan import Plan, Survey, after_pilot, make_plan, survey
from tilth.records import Role

TICK = 4096
"""Questions between two signs of progress."""


def plan_judging(
    teachers: Sequence[str] | None, inputs: Inputs, work: Path, progress: Progress, *, pilot: int
) -> list[Plan]:
    """A plan for each teacher: those given, or all of `[judge] teachers` and `[judge] cascade`.

    Raises:
        ConfigError: there is none, or no section of that name.
    """
    judge = inputs.config.judge
    names = list(dict.fromkeys(teachers or (*judge.teachers, *judge.cascade)))
    if not names:
        raise ConfigError('tilth.toml: [judge] teachers is empty\n  hint: teachers = ["name of an [llm.NAME]"]')
    refuse_unknown(names, inputs.config)

    def plan(name: str) -> Plan:
        keys, asked = ("context_id", "item_id"), of_pairs(name, inputs)
        return _plan(name, "pairs", keys, asked, inputs, work, progress, pilot, _cascade_notes(name, inputs.config))

    return [plan(name) for name in names]


def plan_reading(inputs: Inputs, work: Path, progress: Progress, *, pilot: int) -> list[Plan]:
    """A plan for each side that `[enrich]` has attributes of.

    Raises:
        ConfigError: `[enrich]` names no llm, or no attributes.
    """
    name, repeats = reader_name(inputs), inputs.config.enrich.repeats
    notes = (f"each text is asked about {repeats} times",) if repeats > 1 else ()

    def plan(role: Role) -> Plan:
        asked = of_side(name, role, inputs)
        return _plan(name, f"{role}s", (f"{role}_id",), asked, inputs, work, progress, pilot, notes)

    return [plan(role) for role in sides_to_read(inputs.config.enrich)]


def plan_writing(
    name: str,
    asked: Iterable[Request],
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    pilot: int,
    notes: tuple[str, ...],
) -> Plan:
    """A plan for letting the LLM called `name` write queries: `asked` are its questions, an item each."""
    return _plan(name, "items", ("item_id",), asked, inputs, work, progress, pilot, notes)


def plan_spelling(inputs: Inputs, work: Path, progress: Progress, *, pilot: int) -> Plan:
    """A plan for asking about the queries that the speller is unsure of.

    Raises:
        ConfigError: `[enrich]` names no llm.
        ArtifactError: there is no speller yet.
        DataError: there are no queries.
    """
    name, asked = spelling_questions(inputs, work, progress)
    return _plan(name, "queries", KEYS, asked, inputs, work, progress, pilot, ())


def plan_synonyms(
    what: Literal["verdicts", "proposals"], inputs: Inputs, work: Path, progress: Progress, *, pilot: int
) -> Plan:
    """A plan for asking about pairs, or for terms that stand for words of queries.

    Raises:
        ConfigError: `[enrich.synonyms]` names no LLM.
        DataError: a file cannot be used, or no query is there to ask about.
    """
    if what == "proposals":
        name = synonym_asking.proposer_of(inputs)
        asked, kind, keys = synonym_asking.query_questions(inputs, work, name), "queries", synonym_asking.QUERY_KEYS
    else:
        name = synonym_asking.judge_of_pairs(inputs)
        asked, kind, keys = synonym_asking.pair_questions(inputs, work, name), "pairs", synonym_asking.PAIR_KEYS
    return _plan(name, kind, keys, asked, inputs, work, progress, pilot, ())


def _plan(
    name: str,
    what: str,
    keys: tuple[str, ...],
    asked: Iterable[Request],
    inputs: Inputs,
    work: Path,
    progress: Progress,
    pilot: int,
    notes: tuple[str, ...],
) -> Plan:
    if pilot < 0:
        raise ConfigError(f"--pilot is a number of answers to pay for, 0 or more, not {pilot}")
    section, seed = inputs.config.llm[name], inputs.config.project.seed
    # Without a pilot nothing is sent, so no key is needed.
    opened = section if pilot else msgspec.structs.replace(section, api_key_env=None)
    config = msgspec.structs.replace(inputs.config, llm={**inputs.config.llm, name: opened})
    if not pilot:  # nor a budget
        config = msgspec.structs.replace(config, budget=BudgetConfig())
    with open_llm(name, config, keys, base=inputs.base, work=work) as llm:
        get_many = llm.store.get_many
        found = survey(_watched(asked, progress, f"{name}: planning {what}"), get_many, pilot=pilot, seed=seed)
        spent = _ask_pilot(name, llm, found, progress)
        return make_plan(
            name,
            what,
            after_pilot(found, get_many),
            get_many,
            price=price_of(section),
            concurrency=section.concurrency,
            max_tokens=section.max_tokens,
            pilot_cost_usd=spent,
            notes=notes,
            seed=seed,
        )


def _ask_pilot(name: str, llm: OpenLLM, found: Survey, progress: Progress) -> float | None:
    """Pay for the pilot; returns what it cost, None where unknown or nothing was asked."""
    if not found.pilot:
        return None

    def on_answer(_answer: Answer, tally: Tally) -> None:
        progress.advance(cost_usd=known_cost(tally))

    progress.start(f"{name}: pilot", len(found.pilot))
    _, tally = run_all(llm.client, found.pilot, on_answer=on_answer)
    progress.finish()
    return known_cost(tally)


def _watched(requests: Iterable[Request], progress: Progress, what: str) -> Iterator[Request]:
    progress.start(what, None)
    for count, request in enumerate(requests, start=1):
        if count % TICK == 0:
            progress.advance(TICK)
        yield request
    progress.finish()


def _cascade_notes(name: str, config: Config) -> tuple[str, ...]:
    judge = config.judge
    if name in judge.teachers or name not in judge.cascade[1:]:
        return ()
    return (f"in the cascade at most {judge.cascade_share ** judge.cascade.index(name):.1%} of these calls are made",)
