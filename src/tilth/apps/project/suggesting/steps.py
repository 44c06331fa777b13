"""Query recommendations of a project, and where they are kept.

work/suggest/mined.parquet          candidates from the catalog and the log
work/suggest/related.parquet        queries that people search for after another
work/suggest/reworded.parquet       queries that people type where another fails
work/suggest/generated.parquet      candidates that an LLM wrote
work/suggest/suggestions.parquet    all of them, each rejected one with its reason
work/suggest/evaluation.json, .html  how good they are on later searches; ranker.json: the order that was learned
work/suggest/*.json                 what the commands counted
work/suggester/                     what is served
work/index/                         the search index of the catalog
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.asking.planning import plan_writing
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.enriching.reading import members_of
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.apps.project.runs import unfinished
from tilth.apps.project.stored import stored_attributes
from tilth.apps.project.suggesting.blending import learn_usefulness
from tilth.apps.project.suggesting.evaluating import MOST_SEARCHES, RANKER, Evaluating, EvaluationRun, order_that_pays
from tilth.apps.project.suggesting.generating import STEP, Generation, generate, writer_name, writing_questions
from tilth.artifacts.folder import put_in_place
from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Ranker, Suggested, Suggester
from tilth.data import read_parquet, write_json, write_parquet
from tilth.data.files import resolve_path
from tilth.data.gaps import choose_gaps, read_gaps
from tilth.errors import ConfigError, DataError
from tilth.llm import Limits, Request
from tilth.llm.plan import Plan
from tilth.records import SUGGESTION_SCHEMA, Entities, Gaps, Suggestions
from tilth.suggest import MinedLog, SafetyList, choose, load_safety, mine_catalog, mine_log, write_suggester
from tilth.suggest.blend import FittedUsefulness
from tilth.suggest.evaluate import HoldOut
from tilth.suggest.generate import Reach, by_category, reach_of, unreached_items
from tilth.suggest.mine.log.run import SPILL
from tilth.text import plural

NO_LIMITS = Limits()
NAMED = 3
"""Categories that a plan names."""


@dataclass(frozen=True)
class Mined:
    """How many candidates each kind of source gave; of the log, what became of its rows, and what to know of it."""

    candidates: dict[str, int]
    path: Path
    log: dict[str, int]
    related: int
    reworded: int
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}


@dataclass(frozen=True)
class BuiltSuggester:
    """`counts`: by kind of source, how many were kept and how many each reason took. `added` and `removed` count what
    has changed where the suggester was `updated` in place. `ranked`: in an order that was learned."""

    suggestions: int
    counts: dict[str, dict[str, int]]
    updated: bool
    added: int
    removed: int
    usefulness: FittedUsefulness
    ranked: bool
    path: Path

    def to_json(self) -> dict[str, Any]:
        named = ("suggestions", "counts", "updated", "added", "removed", "ranked")
        plain = {name: getattr(self, name) for name in named}
        return {**plain, "usefulness": self.usefulness.to_json(), "path": str(self.path)}


class Suggesting:
    """`tilth suggest` as calls."""

    def __init__(self, inputs: Inputs, work: Path, progress: Progress) -> None:
        self._inputs, self._work, self._progress = inputs, work, progress
        self._folder = work / "suggest"
        self._config = inputs.config.suggest

    @property
    def suggester_folder(self) -> Path:
        return self._work / "suggester"

    @property
    def suggestions_path(self) -> Path:
        return self._folder / "suggestions.parquet"

    def mine(self) -> Mined:
        """Find candidates in the catalog and, where there is one, the log; writes `suggest/mined.parquet`.

        Of a log also `suggest/related.parquet` (what people search for next) and `suggest/reworded.parquet` (what they
        type instead where a query fails).

        Raises:
            ConfigError: a facet or rule names a column that is not there.
            DataError: a file cannot be used.
        """
        items, attributes = self._inputs.items, stored_attributes(self._work, "item")
        self._progress.start("titles and facets", None)
        found = mine_catalog(items, attributes, self._config)
        self._progress.finish()
        log = self._mine_log()
        if log is not None:
            found["log"] = log.queries
            write_parquet(log.related, self._folder / "related.parquet")
            write_parquet(log.reworded, self._folder / "reworded.parquet")
        path = self._folder / "mined.parquet"
        write_parquet(pa.concat_tables(found.values()), path)
        counts = {kind: len(table) for kind, table in found.items()}
        mined = Mined(
            counts,
            path,
            log.counts if log else {},
            len(log.related) if log else 0,
            len(log.reworded) if log else 0,
            log.notes if log else (),
        )
        write_json(mined.to_json(), self._folder / "mine.json")
        return mined

    def _mine_log(self) -> MinedLog | None:
        data = self._inputs.config.data
        if data.searches is None:
            return None
        for left in self._folder.glob(f"{SPILL}*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        self._progress.start("searches", None)
        log = mine_log(
            data.searches,
            self._config.log,
            base=self._inputs.base,
            spill=self._folder,
            max_rejected=data.max_rejected,
            on_rows=self._progress.advance,
        )
        self._progress.finish()
        return log

    def generate(
        self,
        *,
        gaps: str | Path | None = None,
        gap_ids: Sequence[str] = (),
        limits: Limits = NO_LIMITS,
        resume: bool = False,
    ) -> list[Generation]:
        """Let the LLM of `[suggest.generate]` write queries for the items that no suggestion reaches, those of most
        demand per dollar first; writes `suggest/generated.parquet`.

        Which items these are is measured on the suggestions that `build` wrote, or read from `gaps` (an audit's folder
        or its gaps.parquet). `limits` bound what this call may take, beside `[budget]`; no answer is paid for twice.
        `resume` goes on only if the last run was stopped. Nothing is asked where no item is left without suggestions.

        Raises:
            ConfigError: no LLM is named, or with `resume` there is nothing to take up.
            DataError: nothing was built yet, or the gaps cannot be used.
            LLMError: the endpoint refuses all calls.
        """
        name = writer_name(self._inputs)
        if resume:
            unfinished(self._work, STEP, [name])
        some, index, _ = self._without_suggestions(gaps, gap_ids)
        if not len(some):
            return []
        people = self._people()
        places = (self._inputs, self._work, self._progress)
        return [generate(some, index, people, *places, allowance=Allowance(limits))]

    def plan(self, *, gaps: str | Path | None = None, gap_ids: Sequence[str] = (), pilot: int = 0) -> list[Plan]:
        """Which items `generate` would ask about, and what that would take; `pilot` pays for so many answers. Empty
        where no item is left without suggestions.

        Raises:
            ConfigError: no LLM is named.
            DataError: nothing was built yet, or the gaps cannot be used.
            LLMError: the endpoint refuses the pilot.
        """
        name = writer_name(self._inputs)
        some, index, notes = self._without_suggestions(gaps, gap_ids)
        if not len(some):
            return []
        asked = writing_questions(name, some, index, self._inputs)
        return [plan_writing(name, asked, self._inputs, self._work, self._progress, pilot=pilot, notes=notes)]

    def questions(self, name: str, *, gaps: str | Path | None = None, gap_ids: Sequence[str] = ()) -> Iterator[Request]:
        """What `generate` would ask the LLM called `name`, answered or not.

        Raises:
            DataError: nothing was built yet, or the gaps cannot be used.
        """
        some, index, _ = self._without_suggestions(gaps, gap_ids)
        return writing_questions(name, some, index, self._inputs)

    def _without_suggestions(
        self, gaps: str | Path | None, gap_ids: Sequence[str]
    ) -> tuple[Entities, SearchIndex, tuple[str, ...]]:
        """The items to write queries for, most demand per dollar first; the index; and a line about them."""
        items, index = self._inputs.items, self._index()
        if gaps is not None:
            chosen = _of_items(choose_gaps(read_gaps(Path(gaps)), "suggest", gap_ids), Path(gaps))
            some = members_of(chosen, items)
            return some, index, (f"{plural(len(some), 'item')} in {plural(len(chosen.table), 'gap')} of {gaps}",)
        reach = reach_of(self._shown(), index, items, self._config.filter)
        return items.take(unreached_items(reach, items)), index, (_missed(reach, items),)

    def _shown(self) -> pa.Table:
        if not self.suggestions_path.exists():
            hint = "run `tilth suggest mine` and `tilth suggest build` first, or name gaps with --gaps"
            raise DataError("it is not known yet what suggestions reach", path=self.suggestions_path, hint=hint)
        table = read_parquet(self.suggestions_path)
        shown = table.filter(pc.is_null(table["rejected"]))
        people = self._people()
        if people is None:
            return shown
        at = pc.index_in(shown["normal"], value_set=people["normal"].combine_chunks())
        return shown.append_column("popularity", people["popularity"].take(at))

    def _people(self) -> pa.Table | None:
        """The queries of the log that may be shown; None where no log was mined."""
        path = self._folder / "mined.parquet"
        if not path.exists():
            return None
        table = read_parquet(path)
        return table.filter(pc.and_(pc.equal(table["source"], "log"), pc.is_null(table["rejected"])))

    def build(self) -> BuiltSuggester:
        """Filter and score all candidates, and write the suggester, the search index, and how useful lines of both are.
        With `[suggest.rank]` so, the suggester has the order that `evaluate` learned.

        Raises:
            ArtifactError: the suggester or the index cannot be written.
            ConfigError: the safety list cannot be used.
            DataError: nothing was mined or generated yet, or no order was learned that `[suggest.rank]` asks for.
        """
        ranker = self._ranker()
        paths = [self._folder / name for name in ("mined.parquet", "generated.parquet")]
        tables = [read_parquet(path) for path in paths if path.exists()]
        if not tables:
            raise DataError("there are no candidates", path=paths[0], hint="run `tilth suggest mine` first")
        safety = self._safety()
        index = self._index()
        self._progress.start("filtering", sum(map(len, tables)))
        chosen = choose(tables, index, safety, self._config, on_done=self._progress.advance)
        self._progress.finish()
        before = Suggestions(read_parquet(self.suggestions_path)) if self.suggestions_path.exists() else None
        suggestions = Suggestions(chosen.table.select(SUGGESTION_SCHEMA.names))
        # Without it a run that is killed in between is followed by a whole build, not by a difference to the wrong one.
        self.suggestions_path.unlink(missing_ok=True)
        self._progress.start("writing the suggester", None)
        built = write_suggester(suggestions, before, self.suggester_folder)
        built.suggester.with_ranker(ranker)
        self._progress.finish()
        write_parquet(suggestions.table, self.suggestions_path)
        useful = learn_usefulness(self._inputs, built.suggester, index, self.suggester_folder, self._progress)
        kept = int(pc.sum(pc.is_null(suggestions.table["rejected"])).as_py() or 0)
        changed = (built.updated, built.added, built.removed)
        ranked = ranker is not None
        result = BuiltSuggester(kept, chosen.counts(), *changed, useful, ranked, self.suggester_folder)
        write_json(result.to_json(), self._folder / "build.json")
        return result

    def show(self, typed: str, limit: int = 10) -> list[Suggested]:
        """What is suggested to somebody who has typed so much.

        Raises:
            ArtifactError: there is no suggester yet.
        """
        return Suggester(self.suggester_folder).complete(typed, limit)

    def evaluate(
        self,
        *,
        held_out_days: float | None = None,
        since: datetime | None = None,
        share: float = 0.2,
        chars: Sequence[int] = (3, 6, 10),
        searches: int = MOST_SEARCHES,
    ) -> EvaluationRun:
        """Build suggesters of the earlier part of the log, without each source and of each alone, and type the later
        searches into them; writes `suggest/evaluation.json` and a page, and the order that was learned on the way.

        The later part are the last `held_out_days`, all from `since` on (UTC where it names no zone), or the last
        `share`. A log without times is dealt by person. Of more `searches` those of people drawn at random are typed.
        No LLM is called; what one wrote takes part. `work/suggester` stays as it is.

        Raises:
            ConfigError: there is no `[data.searches]`, or a number is out of range.
            DataError: a file cannot be used, or nothing is held out.
        """
        if not chars or min(chars) < 1 or searches < 1:
            raise ConfigError("characters typed and searches are counted from 1 on")
        hold = HoldOut(held_out_days, since, share, self._inputs.config.data.max_rejected)
        hold.check()
        run = Evaluating(self._inputs, self._work, self._progress, self._safety(), hold)
        return run.run(chars=chars, most=searches)

    def _ranker(self) -> Ranker | None:
        use, path = self._config.rank.use, self._folder / RANKER
        if use == "prior" or (use == "auto" and not (path.exists() and order_that_pays(self._work))):
            return None
        if not path.exists():
            hint = 'run `tilth suggest evaluate`, or set [suggest.rank] use = "auto"'
            raise DataError("no order was learned", path=path, hint=hint)
        return Ranker.load(path)

    def _safety(self) -> SafetyList:
        path = self._config.filter.safety
        return SafetyList() if path is None else load_safety(Path(resolve_path(path, self._inputs.base)))

    def _index(self) -> SearchIndex:
        """The catalog's index as the files are now, beside the one before until it is whole."""
        folder, new = self._work / "index", self._work / "index.new"
        self._progress.start("indexing the catalog", None)
        shutil.rmtree(new, ignore_errors=True)
        SearchIndex.build(self._inputs.items, new)
        put_in_place(new, folder)
        self._progress.finish()
        return SearchIndex.open(folder)


def _missed(reach: Reach, items: Entities) -> str:
    """How many items no broad suggestion brings back, and where most of them are asked for."""
    worst = [one for one in by_category(reach, items) if one.unreached and one.category][:NAMED]
    named = ", ".join(f"{one.category} ({one.unreached:,} of {one.items:,})" for one in worst)
    missed = (
        f"{int((reach.counts == 0).sum()):,} of {plural(len(items), 'item')} are brought back by no broad suggestion"
    )
    return f"{missed}; first {named}" if named else missed


def _of_items(gaps: Gaps, path: Path) -> Gaps:
    """Those whose members are items: an LLM can write queries that lead to them. Queries that find nothing lack items.

    Raises:
        DataError: there is none.
    """
    ids = gaps.table.filter(pc.equal(gaps.table["unit"], "items"))["gap_id"].combine_chunks()
    if not len(ids):
        raise DataError(
            "holds only queries that find nothing that fits", path=path, hint="these lack items, not suggestions"
        )
    table, members = (part.filter(pc.is_in(part["gap_id"], value_set=ids)) for part in (gaps.table, gaps.members))
    return Gaps(table, members)
