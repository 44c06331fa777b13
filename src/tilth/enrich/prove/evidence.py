"""What replay says of one rule, and of the rules of one origin together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.enrich.prove.believed import Means
from tilth.enrich.prove.config import ProveConfig
from tilth.enrich.prove.replay import MEASURES, Replay
from tilth.enrich.prove.select import FEWEST, Choices, Chosen, Variant
from tilth.records import Rule, Verdict
from tilth.stats import ClusterBootstrap, Estimate

_DOES = {"keep": "helps", "reject": "hurts", "not_enough_evidence": "cannot be told from none"}
UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Family:
    """The rules of one origin together, over all queries, their weights multiplied by `factor`: the chosen one, or that
    which raises the objective most."""

    name: str
    rules: int
    touched: int
    gain: Estimate
    chosen: bool
    factor: float
    verdict: Verdict


@dataclass(frozen=True)
class RuleEvidence:
    """What replay says of one rule: mean differences over the `queries` it speaks to, by measure, by itself; `gain` is
    that of the objective, `beside` that of adding it to the other rules that are kept. NaN where it speaks to none."""

    rule_id: str
    queries: int
    helped: int
    hurt: int
    changes: dict[str, Estimate]
    gain: Estimate
    beside: Estimate
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Scene:
    """What evidence is read from."""

    replay: Replay
    means: Means
    choices: Choices
    chosen: Chosen
    kept: frozenset[int]
    config: ProveConfig


def family_evidence(scene: Scene, variant: Variant) -> Family:
    rules, nothing, replay = scene.choices.families[variant], frozenset[int](), scene.replay
    difference = replay.gain(replay.measure(rules) - replay.measure(nothing))
    by_others = replay.gain(replay.measure_by_others(rules) - replay.measure_by_others(nothing))
    touched = sum(any(number in rules for number, _ in some) for some in replay.applying)
    gain, chosen = scene.means.estimate(difference, by_others), variant in scene.chosen.families
    verdict = "keep" if chosen and scene.kept else "reject" if gain.value < 0 else "not_enough_evidence"
    return Family(variant[0], len(rules), touched, gain, chosen, variant[1], verdict)


def rule_evidence(scene: Scene, number: int, rule: Rule, family: Family) -> RuleEvidence:
    """`number`: that of the rule at the factor that was chosen for it."""
    touched = scene.replay.touched(number)
    count = int(touched.sum())
    changes: dict[str, Estimate] = dict.fromkeys(MEASURES, UNKNOWN)
    gain = beside = UNKNOWN
    helped, hurt = 0, 0
    if count:
        config, replay = scene.config, scene.replay
        boot = ClusterBootstrap(np.arange(count), n_boot=config.n_boot, seed=config.seed)

        def mean(values: NDArray[np.float64]) -> Estimate:
            return boot.estimate(float(values.mean()), boot.mean(values), config.confidence)

        alone = (replay.measure(frozenset([number])) - replay.measure(frozenset()))[touched]
        changes = {name: mean(column) for name, column in zip(MEASURES, alone.T, strict=True)}
        one = replay.gain(alone)
        gain, helped, hurt = mean(one), int((one > 0).sum()), int((one < 0).sum())
        others = scene.kept - {number}
        beside = mean(replay.gain(replay.measure(others | {number}) - replay.measure(others))[touched])
    verdict, reason = _verdict(count, gain, beside, number in scene.kept, family)
    return RuleEvidence(rule.rule_id, count, helped, hurt, changes, gain, beside, verdict, reason)


def _verdict(count: int, gain: Estimate, beside: Estimate, kept: bool, family: Family) -> tuple[Verdict, str]:
    if not count:
        return (
            family.verdict,
            f"no evidence of its own: no judged query has its source; its family {_DOES[family.verdict]}",
        )
    if gain.value < 0:
        return "reject", "it lowers the objective on the queries it speaks to"
    if kept and count >= FEWEST and gain.low > 0:
        return "keep", "it helps by itself" if family.chosen else "it helps by itself, and its family does not"
    if kept:
        return "keep", "its family helps on queries it had not seen, and nothing speaks against it"
    if family.chosen and beside.value < 0:
        return "reject", "beside the other rules it lowers the objective on the queries it speaks to"
    return "not_enough_evidence", "the set it is in cannot be told from none"


def numbers_of(scene: Scene, families: Sequence[Variant], count: int) -> dict[int, int]:
    """For each of `count` rules its number at the factor that was chosen for it, or else for its family."""
    numbers = {number % count: number for one in families for number in scene.choices.families[one]}
    return numbers | {number % count: number for number in scene.kept}
