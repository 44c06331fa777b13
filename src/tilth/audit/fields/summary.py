"""From verdicts to what the audit says: tables, measures and findings."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.audit.categories import NONE, Categories
from tilth.audit.fields.facts import TEXT_FIELDS
from tilth.audit.fields.verdicts import DIRTY, THIN, Mask, Verdict, Verdicts
from tilth.audit.result import Finding, Measure
from tilth.audit.tables import FIELDS, THIN_ITEMS
from tilth.records import Entities

_EXAMPLES = 5


def fields_table(verdicts: Verdicts, categories: Categories) -> pa.Table:
    """Per category and field how many items have which problem; category "" is all of them."""
    rows: list[dict[str, str | int]] = []
    width = len(categories.names)
    items = np.bincount(categories.of_item, minlength=width)
    for verdict in verdicts.fields:
        masks = {**{name: verdict.problems.get(name) for name in (*THIN, *DIRTY)}, "thin": verdict.thin}
        counts = {
            name: np.zeros(width, np.int64) if mask is None else np.bincount(categories.of_item[mask], minlength=width)
            for name, mask in masks.items()
        }
        whole = {name: int(count.sum()) for name, count in counts.items()}
        rows.append({"category": "", "field": verdict.field, "items": int(items.sum()), **whole})
        for code, category in enumerate(categories.names):
            part = {name: int(count[code]) for name, count in counts.items()}
            rows.append({"category": category, "field": verdict.field, "items": int(items[code]), **part})
    return pa.Table.from_pylist(rows, schema=FIELDS)


def thin_items(verdicts: Verdicts, categories: Categories, items: Entities) -> pa.Table:
    """One row per item, field and problem; of attributes only what is missing or short where it is expected."""
    names = pa.array([None if name == NONE else name for name in categories.names], pa.string())
    category = names.take(pa.array(categories.of_item))
    tables = [_problem_rows(*each, category, items) for each in _problems(verdicts)]
    return pa.concat_tables([THIN_ITEMS.empty_table(), *tables])


def _problems(verdicts: Verdicts) -> Iterator[tuple[Verdict, str, NDArray[np.int64]]]:
    for verdict in verdicts.fields:
        for name, mask in verdict.problems.items():
            yield verdict, name, np.flatnonzero(mask & (verdict.thin if name in THIN else True))


def _problem_rows(
    verdict: Verdict, problem: str, rows: NDArray[np.int64], category: pa.Array, items: Entities
) -> pa.Table:
    taken = pa.array(rows)
    columns = [
        items.table["id"].take(taken),
        category.take(taken),
        pa.repeat(verdict.field, len(rows)),
        pa.repeat(problem, len(rows)),
        pa.array(verdict.chars[rows]),
    ]
    return pa.table(columns, schema=THIN_ITEMS)


def measures(verdicts: Verdicts, categories: Categories, language_share: float = 1) -> tuple[Measure, ...]:
    """Shares of the items. They have no replicates: the catalog is all there is, and an item is thin or not.

    Args:
        language_share: of the items, those whose language was looked at. Below 1, the share in another language is
            not exact; the other shares are, but count an item that was not looked at as in the right language.
    """
    texts = [verdict for verdict in verdicts.fields if verdict.field in TEXT_FIELDS and _is_used(verdict)]
    unused = [name for name in TEXT_FIELDS if name not in {verdict.field for verdict in texts}]
    note = f"without {' and '.join(unused)}, which no item has" if unused else ""
    count = len(verdicts.judged)
    found: list[Measure] = []
    for problem in ("thin", *THIN, *DIRTY):
        mask = _any([verdict.thin if problem == "thin" else verdict.problems[problem] for verdict in texts], count)
        if problem == "wrong_language":
            found += _language_measures(mask, verdicts, language_share)
            continue
        found.append(_share(f"fields.{problem}_share", mask, note=note if texts else "no item has a title or text"))
        if problem == "thin" and texts:
            for code, category in enumerate(categories.names):
                found.append(_share("fields.thin_share", mask[categories.of_item == code], where=category, note=note))
    found.append(_attribute_measure(verdicts))
    return tuple(found)


def _language_measures(wrong: Mask, verdicts: Verdicts, looked_at: float) -> list[Measure]:
    judged = verdicts.judged
    if verdicts.language is None:
        note = "no language has two thirds of the texts whose language is known; set [audit.fields] language"
        return [Measure("fields.wrong_language_share", None, 0, note=note), _judged(judged, None)]
    note = f"expected: {verdicts.language}; over the {int(judged.sum()):,} items whose language could be told"
    if looked_at < 1:
        note += f", of {looked_at:.0%} of the items, chosen by a hash of their id"
    share = _share("fields.wrong_language_share", wrong[judged], note=note)
    return [replace(share, exact=looked_at >= 1), _judged(judged, verdicts.language)]


def _judged(judged: Mask, language: str | None) -> Measure:
    if language is None:
        return Measure("fields.language_judged_share", None, 0, note="no expected language")
    return _share("fields.language_judged_share", judged)


def _attribute_measure(verdicts: Verdicts) -> Measure:
    """Values that are missing among those that are expected, over all attributes."""
    attributes = [verdict for verdict in verdicts.fields if verdict.field not in TEXT_FIELDS]
    gone = sum(int((verdict.thin & verdict.problems["missing"]).sum()) for verdict in attributes)
    expected = sum(int(verdict.expected.sum()) for verdict in attributes)
    if not expected:
        return Measure("fields.attribute_missing_share", None, 0, note="no attributes besides title and text")
    return Measure("fields.attribute_missing_share", gone / expected, expected)


def findings(verdicts: Verdicts, items: Entities) -> tuple[Finding, ...]:
    """Fields that no item has, and texts with markup or of a wrong encoding."""
    found: list[Finding] = []
    empty = [verdict.field for verdict in verdicts.fields if not _is_used(verdict)]
    if empty and len(items):
        text = "no item has a value in these fields"
        effect = "they are listed, but counted in no share"
        found.append(
            Finding("fields.empty", "items", len(empty), len(verdicts.fields), text, effect, tuple(empty[:_EXAMPLES]))
        )
    texts = [verdict for verdict in verdicts.fields if verdict.field in TEXT_FIELDS]
    said = {
        "markup": ("HTML tags or entities in title or text", "lengths and languages are of what a page would show"),
        "garbled": ("title or text holds what a wrong encoding leaves behind, or control characters", "kept as it is"),
    }
    for problem, (text, effect) in said.items():
        rows = np.flatnonzero(_any([verdict.problems[problem] for verdict in texts], len(items)))
        if len(rows):
            ids: list[str] = items.table["id"].take(pa.array(rows[:_EXAMPLES])).to_pylist()
            found.append(Finding(f"fields.{problem}", "items", len(rows), len(items), text, effect, tuple(ids)))
    return tuple(found)


def _is_used(verdict: Verdict) -> bool:
    return not verdict.problems["missing"].all()


def _any(masks: Sequence[Mask], count: int) -> Mask:
    return np.logical_or.reduce(masks) if masks else np.zeros(count, np.bool_)


def _share(name: str, mask: Mask, *, where: str = "", note: str = "") -> Measure:
    value = float(mask.mean()) if len(mask) else None
    return Measure(name, value, len(mask), where=where, note=note if len(mask) else note or "no items")
