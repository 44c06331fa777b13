"""Spelling of one project: build the speller, ask it, ask an LLM where it is unsure."""

from pathlib import Path

from tilth.apps.project.asking import planning
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.enriching.spelling_asking import RUN_NAME, STEP, SpellAskRun, ask_about_spelling, forget_source
from tilth.apps.project.enriching.spelling_building import Explained, SpellRun, build_speller, explain
from tilth.apps.project.inputs import REJECTS_NAME, Inputs
from tilth.apps.project.progress import Progress
from tilth.apps.project.runs import unfinished
from tilth.llm import Limits
from tilth.llm.plan import Plan

NO_LIMITS = Limits()


class Spelling:
    """What `tilth enrich spell` does."""

    def __init__(self, inputs: Inputs, work: Path, progress: Progress) -> None:
        self._inputs, self._work, self._progress = inputs, work, progress

    def build(self) -> SpellRun:
        """Build a speller of catalog, query log and known corrections; writes `speller/` and `spelling/`.

        Raises:
            DataError: a file cannot be used, or there is no word in all of them.
            ArtifactError: the speller cannot be written.
        """
        done = build_speller(self._inputs, self._work, self._progress)
        self._inputs.rejects.write(self._work / REJECTS_NAME)
        return done

    def check(self, text: str) -> Explained:
        """What the speller makes of a text, and why.

        Raises:
            ArtifactError: there is no speller yet, or it is damaged.
        """
        return explain(self._work, text)

    def plan(self, *, pilot: int = 0) -> Plan:
        """What `ask` would ask and take; `pilot` pays for so many answers.

        Raises:
            ConfigError: `[enrich]` names no llm.
            ArtifactError: there is no speller yet.
            DataError: there are no queries.
            LLMError: the endpoint refuses the pilot.
        """
        return planning.plan_spelling(self._inputs, self._work, self._progress, pilot=pilot)

    def ask(self, *, limits: Limits = NO_LIMITS, resume: bool = False) -> SpellAskRun:
        """Ask the LLM of `[enrich]` about the queries that the speller is unsure of.

        `limits` bound what this call may take, beside `[budget]`; a run that meets them stops cleanly and keeps what it
        has. `resume` takes up only a run that was stopped, interrupted or killed.

        Raises:
            ConfigError: `[enrich]` names no llm, or with `resume` there is nothing to take up.
            ArtifactError: there is no speller yet.
            DataError: there are no queries.
            LLMError: the endpoint refuses all calls, or not one answer is usable.
        """
        if resume:
            unfinished(self._work, STEP, [RUN_NAME])
        return ask_about_spelling(self._inputs, self._work, self._progress, Allowance(limits))

    def forget(self, source: str) -> int:
        """Take back what `source` (`model:<name>`) has settled; returns how many queries that were.

        Raises:
            DataError: it has settled none.
            ArtifactError: there is no speller.
        """
        return forget_source(self._work, source)
