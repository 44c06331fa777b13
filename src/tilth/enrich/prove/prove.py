"""The proof: evidence for every rule, and the set that may ship."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.enrich.prove.config import ProveConfig, check_prove
from tilth.enrich.prove.judged import Judged
from tilth.enrich.prove.replay import MEASURES, Replay
from tilth.enrich.prove.select import Variant, families_of, held_out, rules_in, scaled, select
from tilth.errors import DataError
from tilth.records import Rule, Verdict
from tilth.stats import ClusterBootstrap, Estimate, folds_of

FEWEST = 5
"""Queries that a rule must speak to before they say something about it by itself."""


@dataclass(frozen=True)
class RuleEvidence:
    """What replay says of one rule by itself: mean differences over the `queries` it speaks to, by measure."""

    rule_id: str
    queries: int
    helped: int
    hurt: int
    changes: dict[str, Estimate]
    gain: Estimate
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Family:
    """The rules of one origin together, over all queries, their weights multiplied by `factor`: the chosen one, or that
    which raises the objective most."""

    name: str
    rules: int
    touched: int
    gain: Estimate
    chosen: bool
    factor: float = 1.0


@dataclass(frozen=True)
class Proof:
    """`kept` are the ids of the rules that may ship, `ships` these rules at the weights that were chosen; `baseline`,
    `with_kept` and `held_out` the means over all queries without rules, with the kept ones, and with those selected on
    other queries; `changes` is held out minus baseline, by measure, with paired intervals. Only the held-out ones are
    unbiased."""

    queries: int
    sources: tuple[str, ...]
    baseline: dict[str, Estimate]
    with_kept: dict[str, Estimate]
    held_out: dict[str, Estimate]
    changes: dict[str, Estimate]
    families: tuple[Family, ...]
    rules: tuple[RuleEvidence, ...]
    kept: tuple[str, ...]
    ships: tuple[Rule, ...]
    verdict: Verdict
    reason: str

    def to_json(self) -> dict[str, Any]:
        def numbers(some: dict[str, Estimate]) -> dict[str, Any]:
            return {name: one.to_json() for name, one in some.items()}

        return {
            "queries": self.queries,
            "sources": list(self.sources),
            "baseline": numbers(self.baseline),
            "with_kept": numbers(self.with_kept),
            "held_out": numbers(self.held_out),
            "changes": numbers(self.changes),
            "families": [
                {"name": one.name, "rules": one.rules, "touched": one.touched, "chosen": one.chosen}
                | {"factor": one.factor}
                | {"gain": one.gain.to_json()}
                for one in self.families
            ],
            "rules": [
                {"rule_id": one.rule_id, "queries": one.queries, "helped": one.helped, "hurt": one.hurt}
                | {"changes": numbers(one.changes), "gain": one.gain.to_json()}
                | {"verdict": one.verdict, "reason": one.reason}
                for one in self.rules
            ],
            "kept": list(self.kept),
            "weights": {rule.rule_id: rule.weight for rule in self.ships},
            "verdict": self.verdict,
            "reason": self.reason,
        }


def prove(rules: Sequence[Rule], judged: Judged, index: SearchIndex, config: ProveConfig) -> Proof:
    """Replay `rules` on judged queries and decide which may ship.

    A set ships only if the same way of selecting, on the other folds, did not do worse on queries it had not seen:
    in both views of what nobody judged, and in how often nothing is found.

    Raises:
        DataError: fewer than two queries for each fold, or two rules with one id.
        ConfigError: a setting is out of range.
    """
    check_prove(config)
    if len(judged) < 2 * config.folds:
        raise DataError(f"{len(judged)} judged queries are too few for {config.folds} folds of at least two")
    if len({rule.rule_id for rule in rules}) < len(rules):
        raise DataError("two rules have the same rule_id")
    replay = Replay(index, judged, scaled(rules, config.factors), config)
    boot = ClusterBootstrap(np.arange(len(judged)), n_boot=config.n_boot, seed=config.seed)
    families = families_of([rule.provenance for rule in rules], config.factors)
    everything = np.ones(len(judged), dtype=bool)
    plain = replay.measure(frozenset())
    folds = folds_of(np.arange(len(judged)), config.folds, seed=config.seed)
    tried = held_out(replay, families, folds, seed=config.seed)
    chosen = select(replay, families, everything, folds=config.folds, seed=config.seed)
    changes = _estimates(boot, tried - plain, config)
    verdict, reason = _verdict(changes, chosen)
    kept = rules_in(replay, families, chosen, everything) if verdict == "keep" else frozenset[int]()
    shown = _shown(replay, families, chosen)
    numbers = {number % len(rules): number for one in shown for number in families[one]}
    ships = tuple(replay.rules[number] for number in sorted(kept, key=lambda number: number % len(rules)))
    return Proof(
        queries=len(judged),
        sources=judged.sources,
        baseline=_estimates(boot, plain, config),
        with_kept=_estimates(boot, replay.measure(kept), config),
        held_out=_estimates(boot, tried, config),
        changes=changes,
        families=tuple(_family(replay, boot, one, families[one], chosen, config) for one in shown),
        rules=tuple(_evidence(replay, numbers[place], rule, kept, config) for place, rule in enumerate(rules)),
        kept=tuple(rule.rule_id for rule in ships),
        ships=ships,
        verdict=verdict,
        reason=reason,
    )


def _shown(replay: Replay, families: Mapping[Variant, frozenset[int]], chosen: Sequence[Variant]) -> list[Variant]:
    """Each family at the chosen factor, or at its best one."""
    taken = dict(chosen)
    gains = {one: float(replay.gain(replay.measure(rules)).mean()) for one, rules in families.items()}
    best = {name: max((one for one in families if one[0] == name), key=lambda one: gains[one]) for name, _ in families}
    return [(name, taken[name]) if name in taken else one for name, one in best.items()]


def _verdict(changes: dict[str, Estimate], chosen: Sequence[Variant]) -> tuple[Verdict, str]:
    if not chosen:
        return "reject", "no family of rules raises the objective"
    worse = [name for name in ("ndcg", "ndcg_condensed") if changes[name].value < 0]
    if worse:
        return "reject", f"on queries it had not seen, the selection lowers {' and '.join(worse)}"
    if changes["zero_results"].value > 0:
        return "reject", "on queries it had not seen, the selection leaves more without results"
    if max(changes[name].low for name in ("ndcg", "ndcg_condensed")) <= 0:
        return "not_enough_evidence", "on queries it had not seen, the gain cannot be told from none"
    return "keep", "on queries it had not seen, the selection helps"


def _estimates(boot: ClusterBootstrap, values: NDArray[np.float64], config: ProveConfig) -> dict[str, Estimate]:
    """Means of (queries, measures) by measure, with intervals over queries."""
    return {
        name: boot.estimate(float(column.mean()), boot.mean(column), config.confidence)
        for name, column in zip(MEASURES, values.T, strict=True)
    }


def _family(
    replay: Replay,
    boot: ClusterBootstrap,
    variant: Variant,
    rules: frozenset[int],
    chosen: Sequence[Variant],
    config: ProveConfig,
) -> Family:
    difference = replay.gain(replay.measure(rules) - replay.measure(frozenset()))
    touched = sum(any(number in rules for number, _ in some) for some in replay.applying)
    gain = boot.estimate(float(difference.mean()), boot.mean(difference), config.confidence)
    return Family(variant[0], len(rules), touched, gain, variant in chosen, variant[1])


def _evidence(replay: Replay, number: int, rule: Rule, kept: frozenset[int], config: ProveConfig) -> RuleEvidence:
    touched = replay.touched(number)
    count = int(touched.sum())
    gain, helped, hurt = Estimate(float("nan"), float("nan"), float("nan")), 0, 0
    changes: dict[str, Estimate] = dict.fromkeys(MEASURES, gain)
    if count:
        difference = (replay.measure(frozenset([number])) - replay.measure(frozenset()))[touched]
        boot = ClusterBootstrap(np.arange(count), n_boot=config.n_boot, seed=config.seed)
        changes = _estimates(boot, difference, config)
        one = replay.gain(difference)
        gain = boot.estimate(float(one.mean()), boot.mean(one), config.confidence)
        helped, hurt = int((one > 0).sum()), int((one < 0).sum())
    verdict, reason = _rule_verdict(count, gain, number in kept)
    return RuleEvidence(rule.rule_id, count, helped, hurt, changes, gain, verdict, reason)


def _rule_verdict(count: int, gain: Estimate, kept: bool) -> tuple[Verdict, str]:
    if count and gain.value < 0:
        return "reject", "it lowers the objective on the queries it speaks to"
    if kept and count >= FEWEST and gain.low > 0:
        return "keep", "it helps by itself"
    if kept:
        return "keep", "its family helps on queries it had not seen, and nothing speaks against it"
    return "not_enough_evidence", "no judged query tells" if not count else "the set it is in cannot be told from none"
