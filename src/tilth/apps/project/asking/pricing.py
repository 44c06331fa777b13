"""What filling gaps would cost, at the configured price."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from tilth.apps.project.asking.llms import asked_as, price_of
from tilth.apps.project.enriching.merging import way_of
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.stored import attributes_of
from tilth.enrich import Reader
from tilth.enrich.attributes import questions_of as reading_questions
from tilth.judge.run import TEXT_SCHEMA, Teacher
from tilth.judge.run import questions_of as judging_questions
from tilth.llm import Price, Request, Usage, cost
from tilth.llm.plan import characters_of
from tilth.records import ENTITY_SCHEMA, GapStep
from tilth.suggest.generate import ASKED_SCHEMA, Writer
from tilth.suggest.generate import questions_of as writing_questions

CHARS_PER_TOKEN = 4.0
"""The middle of the 3 to 5 that `tilth.llm.plan` reckons with before anything is measured."""
ANSWER_TOKENS = 200
"""What an answer is taken to be long, unless `max_tokens` is less; `tilth enrich plan --pilot` measures it."""
FRAME_CHARACTERS = 1500
"""Instructions around the user's data, for steps whose question cannot be made yet."""


@dataclass(frozen=True)
class StepPrice:
    """The LLM that a step asks: its price, the characters of instructions in each question, tokens of an answer, and
    how often each question is asked."""

    llm: str
    price: Price
    frame: int
    answer_tokens: int
    repeats: int = 1

    def of(self, calls: int, characters: float) -> float | None:
        calls *= self.repeats
        prompt = round(calls * (self.frame + characters) / CHARS_PER_TOKEN)
        return cost(Usage(prompt, calls * self.answer_tokens), self.price)


@dataclass(frozen=True)
class GapPricer:
    """Prices of the steps that fill gaps; a step that is not in it has none."""

    steps: Mapping[GapStep, StepPrice]

    def __call__(self, step: GapStep, calls: int, characters: float) -> float | None:
        found = self.steps.get(step)
        return None if found is None else found.of(calls, characters)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the costs rest on."""
        if not self.steps:
            return (
                "no [llm.NAME] has a price: what filling gaps costs is unknown, and they are ranked by demand per call",
            )
        prices = {
            f"[llm.{one.llm}] as of {one.price.as_of} (${one.price.input_per_mtok:g} in, "
            f"${one.price.output_per_mtok:g} out per million tokens)"
            for one in self.steps.values()
        }
        return (
            f"costs are estimates at the price of {'; '.join(sorted(prices))}, with {CHARS_PER_TOKEN:g} characters a "
            f"token and {ANSWER_TOKENS} tokens an answer",
        )


def gap_pricer(inputs: Inputs) -> GapPricer:
    """`judge` is priced as the first of `[judge] teachers`, `suggest` as `[suggest.generate] llm`, the other steps (and
    `suggest` without one) as `[enrich] llm`; a step that has none as the first `[llm.NAME]` with a price."""
    config = inputs.config
    named: dict[GapStep, str | None] = dict.fromkeys(("enrich", "suggest", "coldstart"), config.enrich.llm)
    named["judge"] = next(iter(config.judge.teachers), None)
    named["suggest"] = config.suggest.generate.llm or config.enrich.llm
    default = next((name for name, section in config.llm.items() if section.price is not None), None)
    steps: dict[GapStep, StepPrice] = {}
    for step, name in named.items():
        found = _step_price(step, name or default, inputs)
        if found is not None:
            steps[step] = found
    return GapPricer(steps)


def _step_price(step: GapStep, name: str | None, inputs: Inputs) -> StepPrice | None:
    section = inputs.config.llm.get(name or "")
    price = None if section is None else price_of(section)
    if name is None or section is None or price is None:
        return None
    question = _empty_question(step, name, inputs)
    frame = FRAME_CHARACTERS if question is None else characters_of(question)
    repeats = inputs.config.enrich.repeats if step == "enrich" else 1
    return StepPrice(name, price, frame, min(ANSWER_TOKENS, section.max_tokens), repeats)


def _empty_question(step: GapStep, name: str, inputs: Inputs) -> Request | None:
    """The step's question about nothing, which is all instructions; None where it cannot be made."""
    config, asked = inputs.config, asked_as(name, inputs.config.llm[name], inputs.base)
    attributes = attributes_of(config.enrich, "item")
    if step == "enrich" and attributes:
        reader, nothing = Reader(name, *asked), pa.table([[""]] * len(ENTITY_SCHEMA), schema=ENTITY_SCHEMA)
        return next(reading_questions(attributes, reader, "item", nothing, way_of(config.enrich)))
    if step == "suggest":
        nothing = pa.table([[""]] * 4 + [pa.array([[]], pa.list_(pa.string()))], schema=ASKED_SCHEMA)
        return next(writing_questions(config.suggest, Writer(name, *asked), nothing))
    if step == "judge" and config.judge.teachers:
        nothing = pa.table([[""]] * len(TEXT_SCHEMA), schema=TEXT_SCHEMA)
        return next(judging_questions(inputs.rubric, Teacher(name, *asked), nothing))
    return None
