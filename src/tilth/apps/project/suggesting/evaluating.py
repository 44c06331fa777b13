"""Evaluating a project's suggestions on the later part of its log.

work/suggest/evaluation.json        every number, with its interval
work/suggest/evaluation.html        the same as a page
work/suggest/ranker.json            the order that was learned, if one was; `build` decides whether it is used
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

import tilth
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.apps.project.stored import stored_attributes
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Ranker
from tilth.data import SearchSource, read_json, read_parquet, write_json
from tilth.errors import DataError
from tilth.report.suggest import SuggestContent, write_suggest_report
from tilth.stats import Estimate
from tilth.suggest import MinedLog, SafetyList, mine_catalog, mine_log
from tilth.suggest.candidates import SOURCES
from tilth.suggest.evaluate import (
    Evaluation,
    HoldOut,
    SplitLog,
    World,
    demand_of,
    drawn,
    evaluate_sources,
    split_log,
    variants_of,
)
from tilth.suggest.rank import Fitted, learn_ranker

SCRATCH = "evaluate-"
"""How the folder begins that a run writes to; it is left behind only by one that was killed."""
RESULT, PAGE, RANKER = "evaluation.json", "evaluation.html", "ranker.json"
MOST_SEARCHES = 5_000


@dataclass(frozen=True)
class LearnedOrder:
    """`gain`: in MRR@10 on the earlier part of the log, cross-validated; None where nothing could be learned.
    `learned`: whether that was above 0, so that there is an order; `pays`: whether it was on the held-out part too."""

    gain: Estimate | None
    learned: bool
    pays: bool
    note: str

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "gain": self.gain.to_json() if self.gain else None}


@dataclass(frozen=True)
class EvaluationRun:
    """`how` the log was split, `since` when it is held out (None where it was not split by time), `log` and `held_out`
    what became of its rows and of the held-out searches, `candidates` by kind of source."""

    evaluation: Evaluation
    how: str
    since: datetime | None
    log: dict[str, int]
    held_out: dict[str, int]
    candidates: dict[str, int]
    ranker: LearnedOrder
    notes: tuple[str, ...]
    path: Path
    page: Path

    def to_json(self) -> dict[str, Any]:
        return {
            "how": self.how,
            "since": self.since.isoformat() if self.since else None,
            "log": self.log,
            "held_out": self.held_out,
            "candidates": self.candidates,
            **self.evaluation.to_json(),
            "ranker": self.ranker.to_json(),
            "notes": list(self.notes),
            "path": str(self.path),
            "page": str(self.page),
        }


class Evaluating:
    """One run: what it reads, and a folder of its own to write to."""

    def __init__(self, inputs: Inputs, work: Path, progress: Progress, safety: SafetyList, hold: HoldOut) -> None:
        self._inputs, self._work, self._progress = inputs, work, progress
        self._safety, self._hold = safety, hold
        self._folder, self._config = work / "suggest", inputs.config.suggest
        self._seed = inputs.config.project.seed

    def run(self, *, chars: Sequence[int], most: int) -> EvaluationRun:
        """Split, mine, build, replay, and write down what was found. `work/suggester` stays as it is."""
        source = self._inputs.need("searches", self._inputs.config.data.searches)
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(f"{SCRATCH}*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=self._folder) as folder:
            return self._run(source, Path(folder), sorted(set(chars)), most)

    def _run(self, source: SearchSource, scratch: Path, chars: list[int], most: int) -> EvaluationRun:
        split = self._split(source, self._hold, scratch)
        demand = demand_of(split.later, self._config.log)
        held_out, demand = demand.counts, drawn(demand, most, seed=self._seed)
        if not len(demand):
            raise DataError("no complete search is held out", path=source.path, hint="hold out more of the log")
        log = self._mine(split.earlier, scratch)
        tables = self._tables(log)
        world = self._world(scratch)
        fitted, why = self._learn(split, tables, world, scratch, most)
        ranker = fitted.ranker if fitted else None
        kinds = tuple(kind for kind in SOURCES if len(tables[kind]))
        self._progress.start("replaying", len(list(variants_of(kinds))))
        people = _people(source, split)
        evaluation = evaluate_sources(
            tables,
            demand,
            world,
            scratch,
            people=people,
            ranker=ranker,
            chars=chars,
            seed=self._seed,
            on_done=self._progress.advance,
        )
        self._progress.finish()
        run = EvaluationRun(
            evaluation,
            split.how,
            split.since,
            split.counts,
            {**held_out, "replayed": len(demand)},
            {kind: len(table) for kind, table in tables.items()},
            _order(fitted, why, evaluation),
            (*log.notes, *_notes(split, source, tables, people)),
            self._folder / RESULT,
            self._folder / PAGE,
        )
        self._write(run, ranker)
        return run

    def _split(self, source: SearchSource, hold: HoldOut, folder: Path, *, salt: str = "") -> SplitLog:
        folder.mkdir(parents=True, exist_ok=True)
        self._progress.start("splitting the log", None)
        split = split_log(source, hold, folder, base=self._inputs.base, salt=salt, on_rows=self._progress.advance)
        self._progress.finish()
        return split

    def _mine(self, source: SearchSource, folder: Path) -> MinedLog:
        self._progress.start("searches", None)
        log = mine_log(
            source,
            self._config.log,
            base=self._inputs.base,
            spill=folder,
            max_rejected=self._hold.max_rejected,
            on_rows=self._progress.advance,
        )
        self._progress.finish()
        return log

    def _tables(self, log: MinedLog) -> dict[str, pa.Table]:
        """Candidates by kind of source; what an LLM wrote is taken as it is."""
        self._progress.start("titles and facets", None)
        found = mine_catalog(self._inputs.items, stored_attributes(self._work, "item"), self._config)
        self._progress.finish()
        written = self._folder / "generated.parquet"
        found["llm"] = read_parquet(written) if written.exists() else log.queries.slice(0, 0)
        found["log"] = log.queries
        return found

    def _world(self, scratch: Path) -> World:
        self._progress.start("indexing the catalog", None)
        index = SearchIndex.build(self._inputs.items, scratch / "index")
        self._progress.finish()
        return World(index, self._safety, self._config, {})

    def _learn(
        self, split: SplitLog, tables: Mapping[str, pa.Table], world: World, scratch: Path, most: int
    ) -> tuple[Fitted | None, str]:
        """An order learned within the earlier part alone: its own later searches, typed into what its own earlier ones
        would have built."""
        try:
            inner = self._split(split.earlier, HoldOut(), scratch / "inner", salt="inner")
            demand = drawn(demand_of(inner.later, self._config.log), most, seed=self._seed)
            log = self._mine(inner.earlier, scratch)
            some = [log.queries if kind == "log" else tables[kind] for kind in SOURCES]
            _, suggester = world.build(some, scratch / "inner" / "suggester")
            self._progress.start("learning an order", None)
            fitted = learn_ranker(suggester, demand, seed=self._seed)
            self._progress.finish()
        except DataError as exc:
            return None, str(exc)
        return fitted, ""

    def _write(self, run: EvaluationRun, ranker: Ranker | None) -> None:
        path, found = self._folder / RANKER, run.to_json()
        path.unlink(missing_ok=True)  # first: an order must never stand beside a result that is not its own
        write_json(found, run.path)
        if ranker is not None:
            part = path.with_suffix(".part")
            part.write_bytes(ranker.to_bytes())
            part.replace(path)
        title = self._inputs.config.report.title or self._inputs.config.project.name
        now = datetime.now(UTC).isoformat(timespec="minutes")
        write_suggest_report(SuggestContent(title, now, tilth.__version__, found), run.page)


def order_that_pays(work: Path) -> bool:
    """Whether the last evaluation found that the order it learned pays."""
    path = work / "suggest" / RESULT
    return path.exists() and bool(read_json(path).get("ranker", {}).get("pays"))


def _order(fitted: Fitted | None, why: str, evaluation: Evaluation) -> LearnedOrder:
    if fitted is None:
        return LearnedOrder(None, False, False, f"no order was learned: {why}")
    gain = f"{fitted.gain.value:+.4f} [{fitted.gain.low:+.4f}, {fitted.gain.high:+.4f}]"
    said = f"the order that was learned gains {gain} in MRR@10 on the earlier part"
    if fitted.ranker is None:
        return LearnedOrder(fitted.gain, False, False, f"{said}: it is left out")
    pays = next(one.said == "earns its place" for one in evaluation.verdicts if one.source == "ranker")
    then = "it pays on the held-out part too" if pays else "not surely so on the held-out part: `build` leaves it out"
    return LearnedOrder(fitted.gain, True, pays, f"{said}; {then}")


def _people(source: SearchSource, split: SplitLog) -> str:
    """What intervals are over."""
    for column, name in (("user_id", "users"), ("session_id", "sessions")):
        if getattr(source, column) and split.later[column].null_count < len(split.later):
            return name
    return "queries"


def _notes(split: SplitLog, source: SearchSource, tables: Mapping[str, pa.Table], people: str) -> list[str]:
    notes = list[str]()
    if split.how == "queries":
        notes.append(
            "the log has neither times nor people: a query is in one part only, so that what the log adds by itself "
            "cannot be seen"
        )
    elif split.how != "time":
        notes.append(f"the log has no times: the held-out part are {split.how} drawn by hash, not later searches")
    if split.how == "time" and split.counts["timeless"]:
        notes.append(f"{split.counts['timeless']:,} rows without a time are in neither part")
    if len(split.later) < split.counts["later"]:
        rows = f"{len(split.later):,} of the {split.counts['later']:,} later rows"
        notes.append(f"{rows} are looked at: those of people drawn by hash")
    if people == "queries":
        notes.append("the log names nobody: intervals are over queries, and too narrow where few people make many")
    if not source.clicked:
        notes.append("the log has no clicks: a search counts as wanted whatever came of it")
    if len(tables["llm"]):
        notes.append("what an LLM wrote is synthetic, and was written for items that the whole log left unreached")
    return notes
