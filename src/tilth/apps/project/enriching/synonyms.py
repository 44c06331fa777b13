"""Synonyms of one project: mined, proposed and judged by an LLM, decided by people."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tilth.apps.project.asking import planning
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.enriching.mined import CANDIDATES, Mined, write_candidates
from tilth.apps.project.enriching.searching import RULES
from tilth.apps.project.enriching.synonym_asking import (
    PROPOSALS_RUN,
    STEP,
    VERDICTS_RUN,
    AskedPairs,
    Proposed,
    add_verdicts,
    ask_about_pairs,
    ask_for_terms,
    candidates_of,
    known_verdicts,
)
from tilth.apps.project.inputs import REJECTS_NAME, Inputs
from tilth.apps.project.progress import Progress
from tilth.apps.project.results import tally_json
from tilth.apps.project.runs import unfinished
from tilth.enrich.synonyms import PairVerdict, decided, to_rules, unasked
from tilth.errors import DataError
from tilth.llm import Limits
from tilth.llm.plan import Plan
from tilth.records import check_source
from tilth.text import fold, tokens

NO_LIMITS = Limits()


@dataclass(frozen=True)
class Found:
    """Candidates after the verdicts. `run`: what the LLM was asked now, None where nobody was; `dismissed` pairs are
    never asked about again."""

    mined: Mined
    run: AskedPairs | None
    dismissed: int

    def to_json(self) -> dict[str, Any]:
        counts = {"asked": self.run.asked if self.run else 0, "dismissed": self.dismissed}
        spent = {} if self.run is None else {**tally_json(self.run.tally), "stopped": self.run.stopped}
        return {**self.mined.to_json(), **counts, "failed": self.run.failed if self.run else {}, **spent}


class Synonyms:
    """What `tilth enrich synonyms` does."""

    def __init__(self, inputs: Inputs, work: Path, progress: Progress) -> None:
        self._inputs, self._work, self._progress = inputs, work, progress

    def mine(self, *, limits: Limits = NO_LIMITS, limit: int | None = None, resume: bool = False) -> Found:
        """Candidates from catalog, log and proposals, and the LLM's verdict on at most `limit` new pairs where
        `[enrich.synonyms]` names one; writes `rules/candidates.parquet`. What was decided is not asked again.

        `limits` bound what this call may take, beside `[budget]`; a run that meets them stops cleanly. `resume` goes on
        only if the last run was stopped.

        Raises:
            ConfigError: a setting is out of range, or with `resume` there is nothing to take up.
            DataError: a file cannot be used.
            LLMError: the endpoint refuses all calls.
        """
        if resume:
            unfinished(self._work, STEP, [VERDICTS_RUN])
        config = self._inputs.config.enrich.synonyms
        self._progress.start("candidates for synonyms", None)
        candidates = candidates_of(self._inputs, self._work)
        self._progress.finish()
        run = None
        if config.llm is not None:
            wanted = unasked(candidates, known_verdicts(self._work))[:limit]
            places = (self._inputs, self._work, self._progress)
            run = ask_about_pairs(wanted, *places, Allowance(limits))
        verdicts = known_verdicts(self._work)
        kept = decided(candidates, verdicts, least_confidence=config.least_confidence)
        rules, path = to_rules(kept), self._work / RULES / CANDIDATES
        origins = {f"rule:{name}" for name in config.miners} | {one.provenance for one in candidates}
        write_candidates(rules, path, sorted(origins))
        self._write_rejects()
        return Found(Mined(tuple(rules), path), run, sum(one.verdict == "never" for one in verdicts))

    def propose(self, *, limits: Limits = NO_LIMITS, resume: bool = False) -> Proposed:
        """Ask an LLM which terms of the catalog stand for words of queries that find nothing or that few ask; `limits`
        and `resume` as in `mine`, which takes what was proposed for further candidates.

        Raises:
            ConfigError: no LLM is named, or with `resume` there is nothing to take up.
            DataError: there is no log, or no such query in it.
            LLMError: the endpoint refuses all calls.
        """
        if resume:
            unfinished(self._work, STEP, [PROPOSALS_RUN])
        done = ask_for_terms(self._inputs, self._work, self._progress, Allowance(limits))
        self._write_rejects()
        return done

    def plan(self, what: Literal["verdicts", "proposals"] = "verdicts", *, pilot: int = 0) -> Plan:
        """What `mine` or `propose` would ask and take; `pilot` pays for so many answers.

        Raises:
            ConfigError: no LLM is named.
            DataError: a file cannot be used, or no query is there to ask about.
            LLMError: the endpoint refuses the pilot.
        """
        made = planning.plan_synonyms(what, self._inputs, self._work, self._progress, pilot=pilot)
        self._write_rejects()
        return made

    def dismiss(self, source: str, target: str, by: str) -> None:
        """A person's verdict that two terms never stand for each other; it stands before any model's, for good. `by` is
        the person's name, with `human:` before it or without.

        Raises:
            DataError: a term is empty, or the name cannot be one, as that of a source of another kind.
        """
        one, two = (" ".join(tokens(fold(text))) for text in (source, target))
        if not one or not two or one == two:
            raise DataError(f"'{source}' and '{target}' are no pair of terms")
        person = by.removeprefix("human:")
        if ":" in person:  # "model:x" would be written down as a person
            raise DataError(f"'{by}' is no person", hint="say --by NAME, of the person or the team that says so")
        judge = check_source(f"human:{person}")
        add_verdicts(self._work, [PairVerdict(one, two, "never", None, 1.0, judge)], None)

    def _write_rejects(self) -> None:
        self._inputs.rejects.write(self._work / REJECTS_NAME)
