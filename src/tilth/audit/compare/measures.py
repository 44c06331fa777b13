"""Measures of two audits, with paired intervals of their differences."""

from math import isnan, nan

from tilth.audit.compare.comparison import MeasureChange, Verdict
from tilth.audit.definitions import DEFINITIONS, Definition
from tilth.audit.result import Audit, Measure
from tilth.stats import Estimate, jackknife_difference


def measure_changes(before: Audit, after: Audit) -> tuple[MeasureChange, ...]:
    """Every measure of either audit: those of the whole first, then by category or window; in the audits' order."""
    first = {(one.name, one.where): one for one in before.measures}
    second = {(one.name, one.where): one for one in after.measures}
    keys = sorted(dict.fromkeys([*first, *second]), key=lambda key: key[1] != "")
    return tuple(_change(key, first.get(key), second.get(key)) for key in keys)


def _change(key: tuple[str, str], before: Measure | None, after: Measure | None) -> MeasureChange:
    name, where = key
    definition = DEFINITIONS.get(name) or Definition(name, name, "score", None, "", "")
    first, second = _value(before), _value(after)
    difference, verdict, note = None, "not comparable", "measured in one of the two only"
    if before is not None and after is not None and first is not None and second is not None:
        difference, note = _difference(before, after)
        verdict = _verdict(definition, difference, drawn=bool(before.replicates or after.replicates))
    return MeasureChange(name, where, definition.label, definition.unit, first, second, difference, verdict, note)


def _value(measure: Measure | None) -> float | None:
    value = None if measure is None else measure.value
    return None if value is None or isnan(value) else value


def _difference(before: Measure, after: Measure) -> tuple[Estimate, str]:
    """After minus before, with the jackknife's interval of the differences without each group."""
    first, second = before.value or 0.0, after.value or 0.0
    if not before.replicates and not after.replicates:
        return Estimate(second - first, nan, nan), "nothing was drawn at random"
    if len(before.replicates) != len(after.replicates):
        return Estimate(second - first, nan, nan), "only one of the two has an interval"
    return jackknife_difference(second, after.replicates, first, before.replicates), ""


def _verdict(definition: Definition, difference: Estimate, *, drawn: bool) -> Verdict:
    if not difference.value and (difference.low == difference.high or not drawn):
        return "same"
    if drawn and not (difference.low > 0 or difference.high < 0):  # an interval of NaN shows nothing either
        return "no evidence"
    if definition.better is None:
        return "changed"
    return "better" if (difference.value > 0) == (definition.better == "higher") else "worse"
