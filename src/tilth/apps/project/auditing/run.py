"""Auditing a project's data, and what is written of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tilth.apps.project.asking.jobs import engine_of
from tilth.apps.project.asking.pricing import gap_pricer
from tilth.apps.project.auditing.folder import REPORT_NAME, prepare_folder, writing_audit
from tilth.apps.project.auditing.page import page_of
from tilth.apps.project.auditing.spill import spill_folder
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.audit import Audit
from tilth.audit.compare import Comparison, compare
from tilth.audit.run import PARTS, PartName, run
from tilth.audit.stored import read_audit, to_json, write_audit
from tilth.engine import OnProgress
from tilth.engine import Progress as EngineProgress
from tilth.errors import ConfigError
from tilth.report.audit import write_audit_report

FOLDER = "audit"


@dataclass(frozen=True)
class AuditRun:
    """An audit and where it was written; `comparison` with an earlier one where one was named."""

    audit: Audit
    folder: Path
    report: Path
    comparison: Comparison | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            **to_json(self.audit),
            "gaps": self.audit.gaps.table.to_pylist(),
            "folder": str(self.folder),
            "report": str(self.report),
            "comparison": None if self.comparison is None else self.comparison.to_json(),
        }


def audit_project(
    inputs: Inputs,
    work: Path,
    progress: Progress,
    *,
    out: Path | None = None,
    only: Collection[str] | None = None,
    before: Path | None = None,
) -> AuditRun:
    """Audit what the project's files hold and write figures, gaps and page into `out`.

    Raises:
        ConfigError: `only` names no part.
        DataError: a file cannot be used, there is no audit at `before`, or `out` cannot be written or holds files that
            are no audit's.
        ArtifactError: the audit at `before` is damaged or of another version.
    """
    parts = _parts(only)
    earlier = None if before is None else read_audit(before)  # first: it may lie where this one goes
    data, pricer = inputs.config.data, gap_pricer(inputs)
    folder = out or work / FOLDER
    prepare_folder(folder, data, inputs.base)
    with spill_folder(work) as spill:
        audit = run(
            inputs.config.audit,
            inputs.items,
            events=data.events,
            searches=data.searches,
            base=inputs.base.resolve(),
            engine=engine_of(inputs.config),
            spill=spill,
            price=pricer,
            only=parts,
            max_rejected=data.max_rejected,
            on_start=lambda what: _watch(progress, what),
        )
    progress.finish()
    audit = replace(audit, notes=(*inputs.config.project.notes, *audit.notes, *pricer.notes))
    comparison = None if earlier is None else compare(earlier, audit)
    title = inputs.config.report.title or inputs.config.project.name
    since = earlier.created_at if earlier else ""
    content = page_of(audit, title=title, items=inputs.items, comparison=comparison, compared_with=since)
    with writing_audit(folder):
        write_audit(audit, folder)
        report = write_audit_report(content, folder / REPORT_NAME)
    return AuditRun(audit, folder, report, comparison)


def compare_audits(before: Path, after: Path) -> Comparison:
    """What changed between the audits in two folders.

    Raises:
        DataError: there is none.
        ArtifactError: one is damaged or of another version.
    """
    return compare(read_audit(before), read_audit(after))


def _parts(only: Collection[str] | None) -> tuple[PartName, ...]:
    unknown = sorted(set(only or ()) - set(PARTS))
    if unknown:
        raise ConfigError(f"an audit has no part '{unknown[0]}'\n  hint: its parts are {', '.join(PARTS)}")
    return tuple(part for part in PARTS if not only or part in only)


def _watch(progress: Progress, what: str) -> OnProgress:
    progress.start(what, None)
    return _Shown(progress)


class _Shown:
    """An engine's progress as the project's."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done = progress, 0

    def __call__(self, state: EngineProgress) -> None:
        done = int(sum(state.counts.values())) or state.rows
        if done < self._done:  # the next job of the same part has begun
            self._done = 0
        self._progress.advance(done - self._done)
        self._done = done
