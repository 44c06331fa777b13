"""Whether a source earns its place: what is lost without it."""

from tilth.stats import Estimate
from tilth.suggest.evaluate.results import Said, Verdict

LEAST_CLUSTERS = 20
"""A bootstrap over fewer says nothing."""
LEAST_ITEMS = 0.01
"""A source that costs nothing earns its place too if so large a share of the items is brought back with it alone."""
RANKER = "ranker"


def judge(
    source: str,
    gain: Estimate,
    coverage: Estimate,
    saved: Estimate,
    *,
    items_only: float | None,
    clusters: int,
    people: str = "people",
    synthetic: bool = False,
) -> Verdict:
    """The one test is of `gain`, so that no source is tried until something turns out well; the other measures are told
    beside it. `people` names what the `clusters` are: users, sessions or queries."""
    said, why = _said(gain, items_only, clusters, people)
    text = f"{source} {said}: {why}{_gain(gain)} in MRR@10"
    if items_only is not None:
        text += f", {coverage.value:+.3f} in coverage; {items_only:.1%} of the items are brought back with it alone"
    return Verdict(source, synthetic, said, gain, coverage, saved, items_only, text)


def _said(gain: Estimate, items_only: float | None, clusters: int, people: str) -> tuple[Said, str]:
    if clusters < LEAST_CLUSTERS:
        return "not enough evidence", f"only {clusters} {people} are held out; "
    if gain.low > 0:
        return "earns its place", ""
    if gain.high < 0:
        return "costs", ""
    if items_only is not None and items_only >= LEAST_ITEMS:
        return "earns its place", "by its reach; "
    return "not enough evidence", ""


def _gain(gain: Estimate) -> str:
    return f"{gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
