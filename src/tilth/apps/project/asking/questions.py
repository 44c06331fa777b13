"""What a step would ask an LLM: the same questions, planned, online or in a batch."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from tilth.apps.project.asking.llms import asked_as
from tilth.apps.project.enriching.merging import table_to_ask, way_of
from tilth.apps.project.enriching.synonym_asking import pair_questions, query_questions
from tilth.apps.project.filtering.labelling import shots_of
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.stored import attributes_of, sides_to_read
from tilth.enrich import Reader
from tilth.enrich import attributes as enriching
from tilth.judge.run import Teacher, questions
from tilth.llm import Request
from tilth.records import Role

Whole = Literal["judge", "enrich", "synonyms", "proposals"]
"""A step that asks of all the data; `suggest` may ask of some gaps only."""
Step = Literal[Whole, "suggest"]
COMMANDS: dict[str, tuple[str, str]] = {
    "judge": ("tilth judge", "tilth judge run"),
    "enrich": ("tilth enrich", "tilth enrich attributes"),
    "suggest": ("tilth suggest", "tilth suggest generate"),
    "synonyms": ("tilth enrich synonyms", "tilth enrich synonyms"),
    "proposals": ("tilth enrich synonyms", "tilth enrich synonyms propose"),
}
"""For each step the command whose `export` and `import` carry its questions, and the one that asks them."""


def questions_of(step: Whole, name: str, inputs: Inputs, work: Path) -> Iterable[Request]:
    """The questions of a step, all of them, answered or not; of `synonyms` those about pairs that nobody decided.

    Raises:
        ConfigError: no attributes are configured.
        DataError: the data cannot be used.
    """
    match step:
        case "judge":
            return of_pairs(name, inputs)
        case "enrich":
            return _of_entities(name, inputs)
        case "synonyms":
            return pair_questions(inputs, work, name)
        case "proposals":
            return query_questions(inputs, work, name)


def of_pairs(name: str, inputs: Inputs) -> Iterator[Request]:
    """What `judge run` asks the LLM called `name`, made as it is looked at."""
    teacher = Teacher(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    yield from questions(inputs.rubric, teacher, inputs.contexts, inputs.items, inputs.pairs, shots_of(inputs))


def of_side(name: str, role: Role, inputs: Inputs) -> Iterator[Request]:
    """What `enrich attributes` asks it about one side."""
    attributes = attributes_of(inputs.config.enrich, role)
    reader = Reader(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    entities = inputs.contexts if role == "context" else inputs.items
    table = table_to_ask(role, inputs, entities)
    yield from enriching.questions_of(attributes, reader, role, table, way_of(inputs.config.enrich))


def _of_entities(name: str, inputs: Inputs) -> Iterator[Request]:
    for role in sides_to_read(inputs.config.enrich):
        yield from of_side(name, role, inputs)
