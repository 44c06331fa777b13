"""Which teacher to take."""

from math import inf

from tilth.judge.compare_config import CompareConfig
from tilth.judge.comparison import TeacherScore, Verdict


def decide(config: CompareConfig, table: list[TeacherScore]) -> Verdict:
    """The cheapest teacher whose estimate and coverage meet the targets and that is not refused.

    Cheap is by 1,000 labels, so that teachers asked about different numbers of pairs compare; an unknown cost sorts
    last, equal costs by the better estimate.
    """
    goal = f"{config.target_metric} of at least {config.target:g}"
    if config.min_coverage > 0:
        goal += f" at a coverage of at least {config.min_coverage:g}"
    meeting = [score for score in table if _meets(config, score)]
    if not meeting:
        return Verdict(None, False, (), f"no teacher has a {goal}")
    by_cost = sorted(meeting, key=lambda score: (_cost(score), -score.metric(config.target_metric).value))
    chosen = by_cost[0]
    sure = chosen.metric(config.target_metric).low >= config.target
    return Verdict(chosen.source, sure, tuple(score.source for score in by_cost), _reason(config, by_cost, goal, sure))


def _meets(config: CompareConfig, score: TeacherScore) -> bool:
    reached = score.metric(config.target_metric).value >= config.target
    # A teacher that was asked about a part of the gold only was examined on other, perhaps easier pairs.
    asked_enough = score.asked >= config.min_coverage * (score.asked + score.not_asked)
    return reached and asked_enough and score.coverage >= config.min_coverage and not score.refused


def _cost(score: TeacherScore) -> float:
    return inf if score.cost_per_1000 is None else score.cost_per_1000


def _reason(config: CompareConfig, by_cost: list[TeacherScore], goal: str, sure: bool) -> str:
    chosen = by_cost[0]
    estimate = chosen.metric(config.target_metric)
    unknown = sum(score.cost_per_1000 is None for score in by_cost)
    if chosen.cost_per_1000 is None:
        price = (
            "its cost is unknown" if len(by_cost) == 1 else "the cost of none is known, so the best of them is named"
        )
    else:
        price = f"it is the cheapest at ${chosen.cost_per_1000:.4g} per 1,000 labels"
        price += f", not counting {unknown} of unknown cost" if unknown else ""
    value = f"{chosen.source} has {estimate.value:.3f}"
    interval = f"{config.confidence:.0%} interval {estimate.low:.3f} to {estimate.high:.3f}"
    end = "its lower end does so too" if sure else "its lower end does not, so more gold labels may overturn this"
    meeting = "1 teacher has" if len(by_cost) == 1 else f"{len(by_cost)} teachers have"
    return f"{meeting} a {goal}; {value} ({interval}; {end}) and {price}"
