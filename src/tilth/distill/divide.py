"""Labels divided into what a student learns from, what calibrates it, and what it is measured on."""

from dataclasses import dataclass

from tilth.data import Parts
from tilth.distill.config import DistillConfig
from tilth.distill.dataset import LabelledPairs, labelled_pairs, within, without
from tilth.distill.parts import CALIBRATION, TEST, gold_parts
from tilth.distill.train import Material, kept_apart, refuse_too_few
from tilth.records import Judgments, Positive


@dataclass(frozen=True)
class Divided:
    """`taught` are all of the teacher's labels, `training` those outside the calibration and test contexts.

    `calibration` and `test` are gold; None where there is none, or none of one class.
    """

    teacher: str
    parts: Parts
    taught: LabelledPairs
    training: LabelledPairs
    calibration: LabelledPairs | None
    test: LabelledPairs | None

    def counts(self) -> dict[str, dict[str, int]]:
        """Contexts, pairs and positives of each part."""
        named = {"training": self.training, CALIBRATION: self.calibration, TEST: self.test}
        return {
            name: {"contexts": pairs.n_contexts, "pairs": len(pairs), "positives": int(pairs.positive.sum())}
            for name, pairs in named.items()
            if pairs is not None
        }


def divide(
    config: DistillConfig, material: Material, teacher: Judgments, gold: Judgments | None, positive: Positive, seed: int
) -> Divided:
    """Raises:
    DataError: too few labels remain to learn from.
    LeakError: the gold's parts share a context.
    """
    parts = gold_parts(gold, config.shares.by_part(), seed=seed) if gold else Parts({})
    taught = labelled_pairs(teacher, positive, material.contexts, material.items)
    training = without(taught, material.contexts, kept_apart(parts))
    refuse_too_few(training, teacher.sources[0])

    known = labelled_pairs(gold, positive, material.contexts, material.items) if gold else None

    def of_gold(name: str) -> LabelledPairs | None:
        if known is None:
            return None
        inside = within(known, material.contexts, parts[name])
        return inside if len(inside) and 0 < inside.positive.mean() < 1 else None

    return Divided(teacher.sources[0], parts, taught, training, of_gold(CALIBRATION), of_gold(TEST))
