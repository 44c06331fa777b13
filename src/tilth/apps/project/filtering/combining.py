"""All sources of labels together: given ones, teachers that have run, and those made of several teachers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project import stored
from tilth.apps.project.inputs import Inputs
from tilth.distill.parts import CALIBRATION
from tilth.errors import DataError
from tilth.judge.aggregate import SOURCES, by_dawid_skene, by_gold_weights, panel_of
from tilth.judge.aligned import align_gold
from tilth.judge.cascade import CASCADE_SOURCE
from tilth.judge.compare_config import Aggregate
from tilth.records import Judgments

CASCADE_NAME = CASCADE_SOURCE.removeprefix("model:")


@dataclass(frozen=True)
class Sources:
    """All labels there are, and what is said of the aggregates that could not be made."""

    judgments: Judgments
    left_out: Mapping[str, str]

    def of(self, source: str) -> Judgments:
        """Raises:
        DataError: that source has labelled nothing.
        """
        if source in self.left_out:
            raise DataError(f"'{source}' could not be made: {self.left_out[source]}")
        if source not in self.judgments.sources:
            known = ", ".join(self.judgments.sources)
            hint = f"run `tilth judge run`, or set [distill] teacher to one of: {known}"
            raise DataError(f"'{source}' has labelled nothing", hint=hint)
        return self.judgments.of(source)


def all_sources(inputs: Inputs, work: Path) -> Sources | None:
    """None where nothing has labelled anything yet. An aggregate that lacks members or gold is left out, and said so.

    Raises:
        DataError: labels were given under another rubric or by another cascade.
    """
    found = [stored.all_judgments(inputs, work), *_cascade(inputs, work)]
    judgments = _together([one for one in found if one is not None])
    if judgments is None:
        return None
    members, made, left_out = members_of(judgments), list[Judgments](), dict[str, str]()
    for kind in inputs.config.judge.aggregates:
        try:
            made.append(aggregate(kind, members, inputs))
        except DataError as exc:
            left_out[SOURCES[kind]] = str(exc).replace("\n  hint: ", "; ")
    return Sources(_together([judgments, *made]) or judgments, left_out)


def members_of(judgments: Judgments) -> Judgments:
    """The judgments of models, without those that are made of other models' judgments."""
    sources = [source for source in judgments.sources if source.startswith("model:") and source != CASCADE_SOURCE]
    return _together([judgments.of(source) for source in sources]) or Judgments(judgments.table.slice(0, 0))


def aggregate(kind: Aggregate, members: Judgments, inputs: Inputs) -> Judgments:
    """The judgments of a source made of `members`; weights come from the calibration part of the gold alone.

    Raises:
        DataError: there are too few members, or no gold to fit weights on.
    """
    panel, positive = panel_of(members), inputs.rubric.positive
    if kind == "dawid-skene":
        return by_dawid_skene(panel, positive)
    gold = inputs.need_gold()
    contexts = stored.parts_of(inputs, gold)[CALIBRATION]
    return by_gold_weights(panel, positive, align_gold(gold), contexts, seed=inputs.config.project.seed)


def notes_on(found: Sources) -> tuple[str, ...]:
    """What a reader of the comparison must know about the sources that are made of others."""
    sources = found.judgments.sources
    notes = [f"{source} is left out: {why}" for source, why in found.left_out.items()]
    if SOURCES["gold-weights"] in sources:
        notes.append(
            f"the weights of {SOURCES['gold-weights']} come from the calibration part of the gold; pairs in it are "
            "judged by weights fitted without their context"
        )
    if CASCADE_SOURCE in sources:
        notes.append(
            f"{CASCADE_SOURCE} was calibrated on the calibration part of the gold, which counts here too; "
            f"{CASCADE_NAME}.json has it on the test part alone"
        )
    return tuple(notes)


def _cascade(inputs: Inputs, work: Path) -> list[Judgments | None]:
    """What the cascade said, and its first teacher, who has been asked about every pair too."""
    judge, rubric = inputs.config.judge, inputs.rubric
    if not judge.cascade:
        return []
    made = stored.stored_judgments(work, CASCADE_NAME, rubric)
    if made is not None and set(pc.unique(made.table["teacher"]).to_pylist()) - set(judge.cascade):
        path = stored.judgments_path(work, CASCADE_NAME)
        raise DataError("these labels are of another cascade", path=path, hint="run `tilth judge run` again")
    extra = [name for name in judge.cascade[:1] if name not in judge.teachers]
    return [made, *(stored.stored_judgments(work, name, rubric) for name in extra)]


def _together(parts: list[Judgments]) -> Judgments | None:
    if not parts:
        return None
    return Judgments(pa.concat_tables([part.table for part in parts], promote_options="default"))
