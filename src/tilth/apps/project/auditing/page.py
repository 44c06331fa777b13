"""An audit as the plain data that its page is drawn from."""

from math import isfinite

import pyarrow as pa

import tilth
from tilth.audit import DEFINITIONS, GROUPS, Audit, Measure
from tilth.audit.compare import Comparison, MeasureChange
from tilth.records import Entities
from tilth.report.audit import AuditChange, AuditContent, AuditFinding, AuditMeasure, AuditTerm
from tilth.stats import jackknife_interval


def page_of(
    audit: Audit,
    *,
    title: str,
    items: Entities | None = None,
    comparison: Comparison | None = None,
    compared_with: str = "",
) -> AuditContent:
    """What stands on the page; `comparison` is with the earlier audit made at `compared_with`.

    With the catalog's `items` the page calls items by their titles.
    """
    changes = () if comparison is None else comparison.measures
    known = {name: DEFINITIONS[name] for measure in audit.measures if (name := measure.name) in DEFINITIONS}
    return AuditContent(
        title=title,
        created_at=audit.created_at,
        version=tilth.__version__,
        counts=dict(audit.counts),
        measures=tuple(measure_of(measure) for measure in audit.measures),
        tables=dict(audit.tables),
        findings=tuple(AuditFinding(**vars(finding)) for finding in audit.findings),
        gaps=audit.gaps.table,
        members=audit.gaps.members,
        titles=None if items is None else pa.table({"item_id": items.ids, "title": items.table["title"]}),
        definitions=tuple(
            AuditTerm(name, one.label, one.meaning, one.formula, one.source, one.better) for name, one in known.items()
        ),
        notes=(*audit.notes, *(() if comparison is None else comparison.notes)),
        groups=GROUPS,
        changes=tuple(_change(change) for change in changes if change.difference is not None),
        compared_with=compared_with,
    )


def measure_of(measure: Measure) -> AuditMeasure:
    """A measure with its label and its interval, of which what is undefined is None."""
    definition = DEFINITIONS.get(measure.name)
    low, high = interval_of(measure)
    return AuditMeasure(
        name=measure.name,
        label=definition.label if definition else measure.name,
        unit=definition.unit if definition else "score",
        value=_finite(measure.value),
        low=low,
        high=high,
        n=measure.n,
        better=definition.better if definition else None,
        where=measure.where,
        exact=measure.exact,
        note=measure.note,
    )


def interval_of(measure: Measure) -> tuple[float | None, float | None]:
    """The ends of the measure's interval, a share's cut to what a share can be; None where there is none."""
    if measure.value is None or not measure.replicates:
        return None, None
    estimate = jackknife_interval(measure.value, measure.replicates)
    low, high = _finite(estimate.low), _finite(estimate.high)
    definition = DEFINITIONS.get(measure.name)
    if low is None or high is None or definition is None or definition.unit == "score":
        return low, high
    return max(0.0, low), min(1.0, high) if definition.unit == "share" else high


def _change(change: MeasureChange) -> AuditChange:
    definition, difference = DEFINITIONS.get(change.name), change.difference
    return AuditChange(
        name=change.name,
        label=change.label,
        unit=change.unit,
        before=change.before,
        after=change.after,
        difference=None if difference is None else _finite(difference.value),
        low=None if difference is None else _finite(difference.low),
        high=None if difference is None else _finite(difference.high),
        better=definition.better if definition else None,
        where=change.where,
        verdict=change.verdict,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
