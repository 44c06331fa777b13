"""What a step would ask an LLM: the same questions, online or in a batch."""

from collections.abc import Iterable, Iterator
from typing import Literal

from tilth.apps.project.inputs import Inputs
from tilth.apps.project.labelling import shots_of
from tilth.apps.project.llms import asked_as
from tilth.apps.project.stored import attributes_of
from tilth.enrich import Reader
from tilth.enrich import attributes as enriching
from tilth.errors import ConfigError
from tilth.judge.run import Teacher, questions
from tilth.llm import Request
from tilth.records import Role

_ROLES: tuple[Role, Role] = ("context", "item")


def questions_of(step: Literal["judge", "enrich"], name: str, inputs: Inputs) -> Iterable[Request]:
    """The questions of `judge run` or `enrich attributes`, all of them, answered or not.

    Raises:
        ConfigError: no attributes are configured.
        DataError: the data cannot be used.
    """
    return _of_pairs(name, inputs) if step == "judge" else _of_entities(name, inputs)


def _of_pairs(name: str, inputs: Inputs) -> Iterable[Request]:
    teacher = Teacher(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    return questions(inputs.rubric, teacher, inputs.contexts, inputs.items, inputs.pairs, shots_of(inputs))


def _of_entities(name: str, inputs: Inputs) -> Iterator[Request]:
    config = inputs.config.enrich
    wanted: list[Role] = [role for role in _ROLES if attributes_of(config, role)]
    if not wanted:
        hint = "list them under [enrich.context] and [enrich.item]"
        raise ConfigError(f"tilth.toml: no attributes to read\n  hint: {hint}")
    reader = Reader(name, *asked_as(name, inputs.config.llm[name], inputs.base))
    for role in wanted:
        entities = inputs.contexts if role == "context" else inputs.items
        yield from enriching.questions(attributes_of(config, role), reader, entities, config.max_chars)
