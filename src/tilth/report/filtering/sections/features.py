"""What the student looks at."""

from typing import Any

from markupsafe import Markup

from tilth.report.blocks import Cell, Column, Figure, Figures, Section, Table, row
from tilth.report.charts.bars import draw_bars
from tilth.report.clean import distinct_ids, shorten_id
from tilth.report.filtering.facts import Facts
from tilth.report.numbers import Name, metric, number, plural, share

SHOWN = 15
LISTED = 60
MAX_LABEL = 30


def features_section(facts: Facts) -> Section | None:
    features = _features(facts)
    if not features:
        return None
    bars = list(
        zip(distinct_ids([entry[0] for entry in features[:SHOWN]], MAX_LABEL), _weights(features), strict=False)
    )
    finding = f"The score is moved most by “{shorten_id(features[0][0])}”, by {metric(features[0][2])} on average."
    svg = draw_bars(bars, title="Mean absolute contribution to the score", name="features", label=finding)
    figure = Figure(svg, finding, _data(features))
    return Section("features", "What the student looks at", _lead(facts, features), (Figures((figure,)),))


def _features(facts: Facts) -> list[tuple[str, str, float]]:
    entries: list[dict[str, Any]] = list(facts.distilled.get("importance") or [])
    known = [
        (str(entry.get("feature", "")), str(entry.get("group") or "–"), weight)
        for entry in entries
        if (weight := number(entry.get("weight"))) is not None
    ]
    return sorted(known, key=lambda feature: -abs(feature[2]))


def _weights(features: list[tuple[str, str, float]]) -> list[float]:
    return [weight for _, _, weight in features[:SHOWN]]


def _lead(facts: Facts, features: list[tuple[str, str, float]]) -> tuple[Markup, ...]:
    """How the weight is shared between the groups of features."""
    total = sum(abs(weight) for _, _, weight in features)
    groups: dict[str, float] = {}
    for _, group, weight in features:
        groups[group] = groups.get(group, 0.0) + abs(weight)
    shares = sorted(groups.items(), key=lambda entry: -entry[1])
    used = plural(facts.distilled.get("n_features") or len(features), "feature")
    if total <= 0:
        return (Markup("The student uses {}.").format(used),)
    parts = Markup(", ").join(
        Markup("{} {}").format(Name(shorten_id(name)), share(weight / total)) for name, weight in shares
    )
    n_features = number(facts.distilled.get("n_features")) or 0
    whose = "Their weight" if n_features <= len(features) else f"The weight of the {len(features)} that matter most"
    return (Markup("The student uses {}. {} by group: {}.").format(used, whose, parts),)


def _data(features: list[tuple[str, str, float]]) -> Table:
    rows = tuple(
        row([Cell(Name(shorten_id(name))), Cell(Name(shorten_id(group))), Cell(metric(weight))])
        for name, group, weight in features[:LISTED]
    )
    columns = (Column("Feature", numeric=False), Column("Group", numeric=False), Column("Contribution"))
    rest = f", the first {LISTED} of {len(features)}" if len(features) > LISTED else ""
    return Table(f"Mean absolute contribution to the score{rest}", columns, rows, sortable=False)
