"""The sources together, each alone and all without it: built, typed into, and compared on the same searches."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Ranker, Suggester, normal_form
from tilth.records import SUGGESTION_SCHEMA, Suggestions
from tilth.stats import ClusterBootstrap, Estimate
from tilth.suggest.build import choose
from tilth.suggest.candidates import SOURCES, SYNTHETIC
from tilth.suggest.config import SuggestConfig
from tilth.suggest.evaluate.compare import Outcome, evaluate
from tilth.suggest.evaluate.demand import Demand
from tilth.suggest.evaluate.found import Found
from tilth.suggest.evaluate.measures import clustered_mean
from tilth.suggest.evaluate.reach import exploratory_share
from tilth.suggest.evaluate.replay import Complete
from tilth.suggest.evaluate.results import Evaluation, Measures, Slice, Variant, Verdict
from tilth.suggest.evaluate.slices import demand_slices
from tilth.suggest.evaluate.verdict import RANKER, judge
from tilth.suggest.filter import SafetyList
from tilth.suggest.filter.round_trip import Trips

ALL, RANKED = "all", "all, ranked"
OFFERED = 10


@dataclass(frozen=True)
class World:
    """What suggestions are built from and judged by; `trips` are the searches that filtering has made so far."""

    index: SearchIndex
    safety: SafetyList
    config: SuggestConfig
    trips: Trips

    def build(self, tables: Sequence[pa.Table], folder: Path) -> tuple[pa.Table, Suggester]:
        """The suggestions that may be shown, best first, and the artifact, as `tilth suggest build` makes them."""
        chosen = choose(tables, self.index, self.safety, self.config, trips=self.trips).table
        shown = chosen.filter(pc.is_null(chosen["rejected"])).select(SUGGESTION_SCHEMA.names)
        shutil.rmtree(folder, ignore_errors=True)
        return shown, Suggester.build(Suggestions(shown), folder)


@dataclass(frozen=True)
class _Played:
    """A variant, and what came of each search: (n,) arrays in `outcome`, and `exploratory`."""

    variant: Variant
    outcome: Outcome
    exploratory: NDArray[np.float64]


def evaluate_sources(
    tables: Mapping[str, pa.Table],
    demand: Demand,
    world: World,
    folder: Path,
    *,
    people: str,
    ranker: Ranker | None = None,
    chars: Sequence[int] = (3, 6, 10),
    seed: int = 0,
    on_done: Callable[[int], None] | None = None,
) -> Evaluation:
    """Replay `demand` through suggesters of the candidates in `tables`, by kind of source, built below `folder`.

    `ranker` must not have seen the demand. `people` says what the demand is clustered by.
    """
    found = Found(world.index, world.config.filter)
    bootstrap = ClusterBootstrap(demand.people, seed=seed)
    kinds = tuple(kind for kind in SOURCES if kind in tables and len(tables[kind]))
    play = _Play(demand, found, bootstrap, tuple(chars))
    played = _play_all(kinds, tables, world, folder / "suggester", play, ranker, on_done)
    verdicts = _verdicts(kinds, played, bootstrap, people)
    shipped = _shipped(verdicts, world.config)
    return Evaluation(
        chars=tuple(chars),
        searches=len(demand),
        clusters=bootstrap.n_clusters,
        people=people,
        shipped=shipped,
        variants=tuple(one.variant for one in played.values()),
        slices=_slices(played[shipped].outcome, demand, tables.get("log"), found, bootstrap),
        verdicts=verdicts,
        explored=_explored(played, bootstrap),
    )


def _play_all(
    kinds: tuple[str, ...],
    tables: Mapping[str, pa.Table],
    world: World,
    folder: Path,
    play: "_Play",
    ranker: Ranker | None,
    on_done: Callable[[int], None] | None,
) -> dict[str, _Played]:
    """Every variant by name; of two with the same sources the first is built."""
    played, names = dict[str, _Played](), dict[tuple[str, ...], str]()
    for name, some in variants_of(kinds):
        if some in names:
            same = played[names[some]]
            played[name] = replace(same, variant=replace(same.variant, name=name))
        else:
            shown, suggester = world.build([tables[kind] for kind in some], folder)
            played[name] = play(name, some, shown, suggester)
            if name == ALL and ranker is not None:
                played[RANKED] = play(RANKED, some, shown, suggester.with_ranker(ranker))
            names[some] = name
        if on_done is not None:
            on_done(1)
    return played


def variants_of(kinds: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names and sources of what is compared, all sources first."""
    yield ALL, kinds
    if len(kinds) > 1:
        for kind in kinds:
            yield f"without {kind}", tuple(other for other in kinds if other != kind)
        for kind in kinds:
            yield f"{kind} alone", (kind,)


@dataclass(frozen=True)
class _Play:
    """Types the demand into a suggester."""

    demand: Demand
    found: Found
    bootstrap: ClusterBootstrap
    chars: tuple[int, ...]

    def __call__(self, name: str, kinds: tuple[str, ...], shown: pa.Table, suggester: Suggester) -> _Played:
        """`shown`: what `suggester` was built of, best first."""
        complete, normals = completing(suggester), shown["normal"].to_pylist()
        outcome = evaluate(name, complete, normals, self.demand.texts, normal_form, chars=self.chars, k=OFFERED)
        prefixes = [text[: self.chars[0]] for text in self.demand.texts]
        exploratory = exploratory_share(complete, prefixes, self.found.explores)
        reach, measures = self.found.reach(normals), measured(outcome, self.bootstrap)
        offered = clustered_mean(self.bootstrap, exploratory)
        variant = Variant(name, kinds, len(normals), measures, reach.never, reach.gini, offered)
        return _Played(variant, outcome, exploratory)


def completing(suggester: Suggester) -> Complete:
    return lambda typed: [one.query for one in suggester.complete(typed, OFFERED)]


def measured(outcome: Outcome, bootstrap: ClusterBootstrap, rows: NDArray[np.bool_] | None = None) -> Measures:
    """All measures of the `rows` (n,), or of all."""
    return Measures(
        len(outcome.covered) if rows is None else int(rows.sum()),
        clustered_mean(bootstrap, outcome.covered, rows),
        {chars: clustered_mean(bootstrap, values, rows) for chars, values in outcome.reciprocal.items()},
        {chars: clustered_mean(bootstrap, values, rows) for chars, values in outcome.hit.items()},
        clustered_mean(bootstrap, outcome.saved, rows),
    )


def _slices(
    outcome: Outcome, demand: Demand, log: pa.Table | None, found: Found, bootstrap: ClusterBootstrap
) -> tuple[Slice, ...]:
    """Head, torso and tail of the earlier log and what it does not have; categories that its queries lead to, and
    others (cold)."""
    asked = log.filter(pc.is_null(log["rejected"])) if log is not None else None
    forms: list[str] = asked["normal"].to_pylist() if asked is not None else []
    searches: list[int] = asked["searches"].to_pylist() if asked is not None else []
    by_demand = demand_slices(dict(zip(forms, searches, strict=True)), demand.forms)
    warm = {found.category(form) for form in forms}
    category = {form: found.category(form) for form in dict.fromkeys(demand.forms)}

    def temperature(name: str | None) -> str:
        return "no category" if name is None else "warm" if name in warm else "cold"

    by_category = np.array([temperature(category[form]) for form in demand.forms], np.str_)
    slices = [Slice("demand", name, measured(outcome, bootstrap, by_demand == name)) for name in _present(by_demand)]
    if set(_present(by_category)) - {"no category"}:
        slices += [
            Slice("category", name, measured(outcome, bootstrap, by_category == name)) for name in _present(by_category)
        ]
    return tuple(slices)


def _present(slices: NDArray[np.str_]) -> list[str]:
    names = ("head", "torso", "tail", "unseen", "warm", "cold", "no category")
    return [name for name in names if (slices == name).any()]


def _verdicts(
    kinds: tuple[str, ...], played: Mapping[str, _Played], bootstrap: ClusterBootstrap, people: str
) -> tuple[Verdict, ...]:
    verdicts = list[Verdict]()
    pairs = [(kind, ALL, f"without {kind}") for kind in kinds if f"without {kind}" in played]
    pairs += [(RANKER, RANKED, ALL)] if RANKED in played else []
    for source, name, without in pairs:
        one, other = played[name], played[without]
        verdicts.append(
            judge(
                source,
                clustered_mean(bootstrap, one.outcome.typing - other.outcome.typing),
                clustered_mean(bootstrap, one.outcome.covered - other.outcome.covered),
                clustered_mean(bootstrap, one.outcome.saved - other.outcome.saved),
                items_only=None if source == RANKER else other.variant.never.value - one.variant.never.value,
                clusters=bootstrap.n_clusters,
                people=people,
                synthetic=source in SYNTHETIC,
            )
        )
    return tuple(verdicts)


def _shipped(verdicts: Sequence[Verdict], config: SuggestConfig) -> str:
    """What `[suggest.rank]` makes of the order that was learned, if one was."""
    ranked = next((one for one in verdicts if one.source == RANKER), None)
    if ranked is None or config.rank.use == "prior":
        return ALL
    return RANKED if config.rank.use == "learned" or ranked.said == "earns its place" else ALL


def _explored(played: Mapping[str, _Played], bootstrap: ClusterBootstrap) -> Estimate | None:
    """How far the exploratory share of all sources is above the log's, where both offer something."""
    if "log alone" not in played:
        return None
    return clustered_mean(bootstrap, played[ALL].exploratory - played["log alone"].exploratory)
