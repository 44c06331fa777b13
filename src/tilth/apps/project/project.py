"""The facade: one call per command."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tilth.apps.project import reporting, stored
from tilth.apps.project.asking import planning
from tilth.apps.project.asking.batching import Batches
from tilth.apps.project.asking.llms import refuse_unknown
from tilth.apps.project.asking.spending import Allowance
from tilth.apps.project.asking.stores import project_ledger, project_store
from tilth.apps.project.auditing import run as auditing
from tilth.apps.project.auditing.logs import check_logs
from tilth.apps.project.auditing.run import AuditRun
from tilth.apps.project.enriching import reading, ruling
from tilth.apps.project.enriching.attribute_values import AttributeValues
from tilth.apps.project.enriching.expanding import Expanding
from tilth.apps.project.enriching.spelling import Spelling
from tilth.apps.project.enriching.synonyms import Synonyms
from tilth.apps.project.filtering import cascading, combining, distilling, indexing, labelling
from tilth.apps.project.filtering import filter as filtering
from tilth.apps.project.filtering.cascading import CascadeRun, UnfinishedCascade
from tilth.apps.project.inputs import REJECTS_NAME, Inputs
from tilth.apps.project.progress import Progress, Silent
from tilth.apps.project.results import Check, Filtered, Indexed, JudgeRun, ReadingRun
from tilth.apps.project.runs import unfinished
from tilth.apps.project.suggesting.steps import Suggesting
from tilth.artifacts import Filter, RuleSet
from tilth.audit import compare as audit_compare
from tilth.config import FILE_NAME, Config, load_config
from tilth.data import BadRows, Rejects, list_bad, write_json
from tilth.data.gaps import choose_gaps, read_gaps
from tilth.distill import Summary
from tilth.errors import ConfigError, DataError
from tilth.judge import Comparison, compare
from tilth.llm import Amount, Limits
from tilth.llm.plan import Plan

NO_LIMITS = Limits()


class Project:
    """A tilth.toml, the data it names, and the steps that can be run on them.

    Everything that is written goes below the project's work folder. Rows that cannot be used are listed in
    `rejects.csv` there.

    Raises:
        ConfigError: the settings cannot be used.
    """

    def __init__(self, config: str | Path = FILE_NAME, *, progress: Progress | None = None) -> None:
        path = Path(config)
        self.config: Config = load_config(path)
        self.base = path.parent
        self.work = self.base / self.config.project.work
        self.inputs = Inputs(self.config, self.base)
        self.progress: Progress = progress or Silent()

    @property
    def student_folder(self) -> Path:
        return self.work / "student"

    @property
    def batches(self) -> Batches:
        """Questions as batch files, and their answers back."""
        return Batches(self.inputs, self.work, self.progress)

    @property
    def suggest(self) -> Suggesting:
        """Query recommendations."""
        return Suggesting(self.inputs, self.work, self.progress)

    @property
    def attributes(self) -> AttributeValues:
        """What was read out of contexts and items: checked, sampled, and put together with what exists."""
        return AttributeValues(self.inputs, self.work)

    @property
    def expanding(self) -> Expanding:
        """Query understanding: built, and exported as a table."""
        return Expanding(self.inputs, self.work, self.progress)

    @property
    def spelling(self) -> Spelling:
        """The speller: built, asked, and taught by an LLM where it is unsure."""
        return Spelling(self.inputs, self.work, self.progress)

    @property
    def synonyms(self) -> Synonyms:
        """Candidates for synonyms: mined, proposed and judged by an LLM."""
        return Synonyms(self.inputs, self.work, self.progress)

    def check(self) -> Check:
        """Read everything; returns counts, and every row that cannot be used.

        Raises:
            DataError: a file cannot be used at all.
            RubricError: the rubric cannot.
        """
        inputs = Inputs(self.config, self.base, max_rejected=1.0)  # all that is wrong, not only the first
        data = self.config.data
        counts = {
            "contexts": len(inputs.contexts) if data.contexts else 0,
            "items": len(inputs.items),
            "pairs": len(inputs.pairs) if data.pairs else 0,
        }
        # Without pairs nothing is judged by a rubric: gold of queries has grades of its own.
        gold = inputs.gold if data.pairs else inputs.gold_as_given
        counts |= {
            "gold labels": len(gold) if gold else 0,
            "given judgments": len(inputs.given) if inputs.given else 0,
        }
        if self.config.enrich.gold is not None:
            counts["gold attributes"] = len(AttributeValues(inputs, self.work).gold(max_rejected=1.0))
        logged, bad_rows = check_logs(self.config, self.base)
        counts |= logged
        warnings: list[str] = []
        if data.pairs and inputs.gold is None:
            warnings.append("no [data.gold]: nothing can be measured against people, and no threshold certified")
        judge = self.config.judge
        if data.pairs and not judge.teachers and not judge.cascade and inputs.given is None:
            warnings.append("no [judge] teachers and no [[data.judgments]]: there is nothing to learn from")
        _ = inputs.rubric
        path = self._write_rejects(bad_rows, of=inputs)
        return Check(counts, tuple(inputs.rejects.rows), path, tuple(warnings), bad_rows)

    def audit(
        self, *, out: Path | None = None, only: Collection[str] | None = None, before: Path | None = None
    ) -> AuditRun:
        """Find where catalog and logs are thin; writes figures, gaps and a page into `out` (`audit/` by default).

        `only` names parts (fields, interactions, search), `before` the folder of an earlier audit to compare with.

        Raises:
            ConfigError: there is no such part.
            DataError: a file cannot be used, or there is no audit at `before`.
            ArtifactError: the audit at `before` is damaged or of another version.
        """
        done = auditing.audit_project(self.inputs, self.work, self.progress, out=out, only=only, before=before)
        self._write_rejects(done.audit.bad_rows)
        return done

    def compare_audits(self, before: Path, after: Path | None = None) -> audit_compare.Comparison:
        """What changed from the audit in the folder `before` to that in `after` (the project's own by default).

        Raises:
            DataError: there is none.
            ArtifactError: one is damaged or of another version.
        """
        return auditing.compare_audits(before, after or self.work / auditing.FOLDER)

    def judge(
        self, teachers: Sequence[str] | None = None, *, limits: Limits = NO_LIMITS, resume: bool = False
    ) -> list[JudgeRun]:
        """Label every pair with the named teachers (all of `[judge] teachers` by default).

        What was answered before is not asked again. `limits` bound what this call may take, beside `[budget]`; a run
        that meets them stops cleanly and says how many pairs are left. `resume` takes up only the teachers whose last
        run was stopped, interrupted or killed.

        Raises:
            ConfigError: there is no such teacher, or with `resume` nothing to take up.
            LLMError: an endpoint refuses all calls.
        """
        names = list(teachers or self.config.judge.teachers)
        if not names and not self.config.judge.cascade:
            raise ConfigError('tilth.toml: [judge] teachers is empty\n  hint: teachers = ["name of an [llm.NAME]"]')
        refuse_unknown(names, self.config)
        if resume:
            known = list(teachers or dict.fromkeys([*names, *self.config.llm]))
            names = unfinished(self.work, "judge", known, or_none=bool(self.config.judge.cascade))
        allowance = Allowance(limits)
        runs = [
            labelling.judge_with(name, self.inputs, self.work, self.progress, allowance=allowance) for name in names
        ]
        self._write_rejects()
        return runs

    def cascade(self, *, limits: Limits = NO_LIMITS) -> CascadeRun | UnfinishedCascade:
        """Run the teachers of `[judge] cascade`: each next one labels only what the one before is unsure about.

        `limits` as in `judge`; a cascade that they stop is unfinished, and takes up where it stopped when run again.

        Raises:
            ConfigError: no cascade is configured.
            DataError: a teacher gives no p and there is too little gold to calibrate it with.
            LLMError: an endpoint refuses all calls.
        """
        if not self.config.judge.cascade:
            raise ConfigError('tilth.toml: [judge] cascade is empty\n  hint: cascade = ["cheap", "strong"]')
        run = cascading.run_cascade(self.inputs, self.work, self.progress, Allowance(limits))
        self._write_rejects()
        return run

    def plan(
        self, step: Literal["judge", "enrich"] = "judge", *, teachers: Sequence[str] | None = None, pilot: int = 0
    ) -> list[Plan]:
        """What a run of `step` would ask, and what it would take; `pilot` pays for so many answers of each plan.

        `judge` has a plan for each of `teachers` (all configured ones by default), `enrich` one for each side.

        Raises:
            ConfigError: there is no such teacher, or nothing to plan.
            LLMError: the endpoint refuses the pilot.
        """
        if step == "judge":
            plans = planning.plan_judging(teachers, self.inputs, self.work, self.progress, pilot=pilot)
        else:
            plans = planning.plan_reading(self.inputs, self.work, self.progress, pilot=pilot)
        self._write_rejects()
        return plans

    def uncertain(self) -> tuple[str, Amount]:
        """The name of the project's ledger, and what calls may have cost that got no answer.

        Raises:
            CacheError: the store cannot be used.
        """
        ledger = project_ledger(self.config).name
        with project_store(self.config, base=self.base, work=self.work) as store:
            return ledger, store.account(ledger).uncertain

    def compare(self) -> Comparison:
        """Measure all labels (given ones, and those of teachers that have run) against gold.

        With `[judge] shots` the few-shot part of the gold is left out: its answers stood in the questions.

        Raises:
            DataError: there is no gold, or nothing to compare with it.
        """
        gold = stored.gold_not_shown(self.inputs)
        found = combining.all_sources(self.inputs, self.work)
        if found is None:
            raise DataError("there are no judgments to compare", hint="run `tilth judge run` first")
        config = self.config.judge.comparison(self.config.project.seed)
        comparison = compare(config, gold, found.judgments, positive=self.inputs.rubric.positive)
        comparison = replace(comparison, notes=(*comparison.notes, *combining.notes_on(found)))
        write_json(comparison.to_json(), self.work / "compare.json")
        self._write_rejects()
        return comparison

    def read_attributes(
        self,
        *,
        gaps: str | Path | None = None,
        gap_ids: Sequence[str] = (),
        limits: Limits = NO_LIMITS,
        resume: bool = False,
    ) -> list[ReadingRun]:
        """Read the attributes of `[enrich]` out of every context and item; `limits` and `resume` as in `judge`.

        With `gaps` (an audit's folder or its gaps.parquet) only the items of the gaps that enriching fills, or of
        `gap_ids` among them, those with most demand per dollar first; what was read of others stays.

        Raises:
            ConfigError: no attributes are configured, or with `resume` there is nothing to take up.
            DataError: the gaps cannot be used.
            LLMError: the endpoint refuses all calls.
        """
        wanted = stored.sides_to_read(self.config.enrich)
        some = None
        if gaps is not None:
            chosen = choose_gaps(read_gaps(Path(gaps)), "enrich", gap_ids)
            wanted, some = stored.item_side(wanted), reading.members_of(chosen, self.inputs.items)
        if resume:
            wanted = unfinished(self.work, "enrich", wanted)
        allowance, places = Allowance(limits), (self.inputs, self.work, self.progress)
        runs = [reading.read_side(role, *places, some=some, allowance=allowance) for role in wanted]
        self._write_rejects()
        return runs

    def distill(self) -> Summary:
        """Train, calibrate, certify and measure a student; writes `student/` and `distill.json`.

        Raises:
            DataError: there are no labels to learn from, or they are all alike.
        """
        summary = distilling.distill_project(self.inputs, self.work, self.student_folder, self.progress)
        self._write_rejects()
        return summary

    def student(self) -> Filter:
        """The filter as `distill` wrote it.

        Raises:
            ArtifactError: it is missing or damaged.
        """
        return Filter.load(self.student_folder)

    def filter(
        self, pairs: str | Path | None = None, *, out: Path | None = None, threshold: float | None = None
    ) -> Filtered:
        """Score a file of pairs (the configured one by default), dropping from `threshold` (a probability) on.

        Raises:
            ArtifactError: there is no student yet.
            DataError: the file cannot be used.
        """
        filtered = filtering.filter_file(
            self.student(), self.inputs, self.work, self.progress, pairs=pairs, out=out, threshold=threshold
        )
        write_json(filtered.to_json(), self.work / "filter.json")
        self._write_rejects()
        return filtered

    def index(self) -> Indexed:
        """Prepare the contexts and items that the files hold now for `tilth serve`; the student stays as it is.

        Raises:
            ArtifactError: there is no student yet, or its folder cannot be written.
            DataError: a file cannot be used.
        """
        indexed = indexing.index_entities(self.student(), self.inputs, self.work, self.student_folder)
        self._write_rejects()
        return indexed

    def prove_rules(self, rules: str | Path) -> ruling.Proved:
        """Replay a file of rules on the queries of `[data.gold]`; what helps becomes the set in force.

        Raises:
            DataError: the file holds no rules, or too few queries are judged.
        """
        proved = ruling.prove_rules(str(rules), self.inputs, self.work, self.progress)
        self._write_rejects()
        return proved

    def roll_back_rules(self) -> str | None:
        """Put the set of rules back in force that was before; returns its generation, None for no rules.

        Raises:
            ArtifactError: nothing was before.
        """
        return ruling.rule_sets(self.work).roll_back()

    def rules(self) -> RuleSet:
        """The proved set of rules in force.

        Raises:
            DataError: there is none.
        """
        return ruling.rules_in_force(self.work)

    def report(self, out: Path | None = None) -> Path:
        """Write one HTML page with everything measured so far, and return its path.

        Raises:
            DataError: nothing was measured yet.
        """
        return reporting.write_project_report(self.inputs, self.work, self.student_folder, out)

    def _write_rejects(self, of_logs: Iterable[BadRows] = (), *, of: Inputs | None = None) -> Path:
        path, found = self.work / REJECTS_NAME, (of or self.inputs).rejects
        lost, kept = list_bad(of_logs)
        Rejects([*found.rows, *lost], [*found.left_out, *kept]).write(path)
        return path
