"""The proof: evidence for every rule, and the set that may ship."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tilth.artifacts.index import SearchIndex
from tilth.enrich.prove.believed import Belief, Means, belief_in
from tilth.enrich.prove.config import ProveConfig, check_prove
from tilth.enrich.prove.evidence import Family, RuleEvidence, Scene, family_evidence, numbers_of, rule_evidence
from tilth.enrich.prove.judged import Judged
from tilth.enrich.prove.replay import Replay
from tilth.enrich.prove.select import Choices, HeldOut, Variant, held_out, rules_in, scaled, select
from tilth.errors import DataError
from tilth.records import Rule, Verdict
from tilth.stats import Estimate, folds_of


@dataclass(frozen=True)
class Proof:
    """`kept` are the ids of the rules that may ship, `ships` these rules at the weights that were chosen; `baseline`,
    `with_kept` and `held_out` the means over all queries without rules, with the kept ones, and with those selected on
    other queries; `changes` is held out minus baseline, by measure, with paired intervals. Only the held-out ones are
    unbiased. `belief` says how far judgments that are no person's are believed."""

    queries: int
    sources: tuple[str, ...]
    belief: Belief
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
        found = {name: getattr(self, name) for name in _MEANS}
        return {
            "queries": self.queries,
            "sources": list(self.sources),
            "belief": _plain(asdict(self.belief) | {"agreement": self.belief.agreement}),
            **{name: _plain(means) for name, means in found.items()},
            "families": [_plain(vars(one)) for one in self.families],
            "rules": [_plain(vars(one)) for one in self.rules],
            "kept": list(self.kept),
            "weights": {rule.rule_id: rule.weight for rule in self.ships},
            "verdict": self.verdict,
            "reason": self.reason,
        }


_MEANS = ("baseline", "with_kept", "held_out", "changes")


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return value.to_json()
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def prove(rules: Sequence[Rule], judged: Judged, index: SearchIndex, config: ProveConfig) -> Proof:
    """Replay `rules` on judged queries and decide which may ship.

    A set ships only if the same way of selecting, on the other folds, did not do worse on queries it had not seen:
    in both views of what nobody judged, and in how often nothing is found; and if it does not do worse on all queries.

    Raises:
        DataError: fewer than two queries for each fold, or two rules with one id.
        ConfigError: a setting is out of range.
    """
    check_prove(config)
    if len(judged) < 2 * config.folds:
        raise DataError(f"{len(judged)} judged queries are too few for {config.folds} folds of at least two")
    if len({rule.rule_id for rule in rules}) < len(rules):
        raise DataError("two rules have the same rule_id")
    scene, tried, verdict, reason = _decide(Replay(index, judged, scaled(rules, config.factors), config), rules, config)
    replay, means, kept, nothing = scene.replay, scene.means, scene.kept, frozenset[int]()
    plain, by_others = replay.measure(nothing), replay.measure_by_others(nothing)
    shown = _shown(scene)
    families = {one[0]: family_evidence(scene, one) for one in shown}
    numbers = numbers_of(scene, shown, len(rules))
    ships = tuple(replay.rules[number] for number in sorted(kept, key=lambda number: number % len(rules)))
    return Proof(
        queries=len(judged),
        sources=judged.sources,
        belief=belief_in(judged, config),
        baseline=means.by_measure(plain, by_others),
        with_kept=means.by_measure(replay.measure(kept), replay.measure_by_others(kept)),
        held_out=means.by_measure(tried.values, tried.by_others),
        changes=means.by_measure(tried.values - plain, tried.by_others - by_others),
        families=tuple(families.values()),
        rules=tuple(
            rule_evidence(scene, numbers[place], rule, families[rule.provenance]) for place, rule in enumerate(rules)
        ),
        kept=tuple(rule.rule_id for rule in ships),
        ships=ships,
        verdict=verdict,
        reason=reason,
    )


def _decide(replay: Replay, rules: Sequence[Rule], config: ProveConfig) -> tuple[Scene, HeldOut, Verdict, str]:
    """What is kept, what the same way of selecting did on queries it had not seen, and the verdict with its reason."""
    count, nothing = len(replay.judged), frozenset[int]()
    means, choices = Means(replay.judged, config), Choices.among(replay, rules, config)
    tried = held_out(replay, choices, folds_of(np.arange(count), config.folds, seed=config.seed))
    everything = np.ones(count, dtype=bool)
    chosen = select(replay, choices, everything)
    kept, plain = rules_in(replay, choices, chosen, everything), replay.measure(nothing)
    changes = means.by_measure(tried.values - plain, tried.by_others - replay.measure_by_others(nothing))
    overall = float(replay.gain(replay.measure(kept) - plain).mean())
    verdict, reason = _verdict(changes, kept, overall, belief_in(replay.judged, config))
    if not any(replay.applying):
        verdict, reason = "not_enough_evidence", "no rule speaks to a judged query"
    kept = kept if verdict == "keep" else nothing
    return Scene(replay, means, choices, chosen, kept, config), tried, verdict, reason


def _shown(scene: Scene) -> list[Variant]:
    """Each family at the chosen factor, or at its best one."""
    taken, replay, families = dict(scene.chosen.families), scene.replay, scene.choices.families
    gains = {one: float(replay.gain(replay.measure(rules)).mean()) for one, rules in families.items()}
    best = {name: max((one for one in families if one[0] == name), key=lambda one: gains[one]) for name, _ in families}
    return [(name, taken[name]) if name in taken else one for name, one in best.items()]


def _verdict(changes: dict[str, Estimate], kept: frozenset[int], overall: float, belief: Belief) -> tuple[Verdict, str]:
    if not kept:
        return "reject", "no rules raise the objective"
    worse = [name for name in ("ndcg", "ndcg_condensed") if changes[name].value < 0]
    if worse:
        return "reject", f"on queries it had not seen, the selection lowers {' and '.join(worse)}"
    if changes["zero_results"].value > 0:
        return "reject", "on queries it had not seen, the selection leaves more without results"
    if overall < 0:
        return "reject", "on all queries together, the kept rules lower the objective"
    if max(changes[name].low for name in ("ndcg", "ndcg_condensed")) <= 0:
        return "not_enough_evidence", "on queries it had not seen, the gain cannot be told from none"
    if not belief.is_measured:
        return "not_enough_evidence", belief.sentence
    return "keep", "on queries it had not seen, the selection helps"
