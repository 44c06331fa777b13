"""From facts about each item to verdicts: which fields are missing, short, duplicate, boilerplate, ..."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.audit.categories import Categories
from tilth.audit.config import FieldsConfig
from tilth.audit.fields.boilerplate import own_chars
from tilth.audit.fields.facts import TEXT_FIELDS
from tilth.audit.fields.language import expected_language, wrong

THIN = ("missing", "short", "duplicate", "boilerplate", "wrong_language")
"""Problems that make a field thin: it says too little, or not to those who read it."""
DIRTY = ("markup", "garbled")
"""Problems of a field that may say enough otherwise."""
EXPECTED_SHARE, EXPECTED_ITEMS = 0.5, 5
"""An attribute that a smaller share of a category's items have, or fewer of them, may not apply to the others: there it
is no gap."""

Mask = NDArray[np.bool_]
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Verdict:
    """One field. `problems` by name, each of shape (items,): an attribute has no more than `missing` and `short`.

    `chars` is what a reader sees. `expected`: whether the item should have the field. `thin` is any of `THIN` where it
    is expected. All of shape (items,).
    """

    field: str
    problems: Mapping[str, Mask]
    chars: NDArray[np.int64]
    expected: Mask
    thin: Mask


@dataclass(frozen=True)
class Verdicts:
    """`language` is the expected one, None where there is none; `judged` are the items whose language is known."""

    fields: tuple[Verdict, ...]
    language: str | None
    judged: Mask


def verdicts_of(facts: pa.Table, columns: tuple[str, ...], categories: Categories, config: FieldsConfig) -> Verdicts:
    """A verdict for each of `columns`, from one row of facts per item; boilerplate and attributes are judged within
    `categories`."""
    language = config.language or expected_language(facts["text.language"])
    judged = np.zeros(facts.num_rows, np.bool_)
    fields: list[Verdict] = []
    for name in columns:
        if name not in TEXT_FIELDS:
            fields.append(_attribute(name, facts, categories, config))
            continue
        problems, chars = _text_problems(name, facts, categories, config)
        problems["wrong_language"] = np.zeros(facts.num_rows, np.bool_)
        if language is not None:
            languages = facts["text.language"] if name == "text" else pa.nulls(facts.num_rows, pa.string())
            problems["wrong_language"] = wrong(language, _array(facts, f"{name}.script", np.int8), languages)
            judged |= problems["wrong_language"] | np.asarray(pc.is_valid(languages))
        thin = np.logical_or.reduce([problems[problem] for problem in THIN])
        fields.append(Verdict(name, problems, chars, np.ones(facts.num_rows, np.bool_), thin))
    return Verdicts(tuple(fields), language, judged)


def _text_problems(
    name: str, facts: pa.Table, categories: Categories, config: FieldsConfig
) -> tuple[dict[str, Mask], NDArray[np.int64]]:
    gone = _array(facts, f"{name}.missing", np.bool_)
    chars = _array(facts, f"{name}.chars", np.int64)
    least = config.short_chars.get(name, 0)
    short = ~gone & (chars < least)
    boilerplate = np.zeros(len(gone), np.bool_)
    if name == "text":
        own = _own(facts, chars, categories, config.boilerplate_share)
        # Without the second condition a text just over the limit would fall for one common word, such as "Enjoy!".
        boilerplate = ~gone & ~short & (own < max(least, 1)) & (2 * own <= chars)
    problems = {
        "missing": gone,
        "short": short,
        "duplicate": _repeated(facts[f"{name}.form"]),
        "boilerplate": boilerplate,
        "markup": _array(facts, f"{name}.markup", np.bool_),
        "garbled": _array(facts, f"{name}.garbled", np.bool_),
    }
    return problems, chars


def _attribute(name: str, facts: pa.Table, categories: Categories, config: FieldsConfig) -> Verdict:
    gone = _array(facts, f"{name}.missing", np.bool_)
    chars, short = np.zeros(len(gone), np.int64), np.zeros(len(gone), np.bool_)
    if f"{name}.chars" in facts.column_names:
        chars = _array(facts, f"{name}.chars", np.int64)
        short = ~gone & (chars < config.short_chars[name])
    # Whether an item should have a category cannot depend on its category.
    group = np.zeros_like(categories.of_item) if name == "category" else categories.of_item
    filled = np.bincount(group[~gone], minlength=len(categories.names))
    usual = (filled >= EXPECTED_ITEMS) & (
        filled >= EXPECTED_SHARE * np.bincount(group, minlength=len(categories.names))
    )
    expected = usual[group]
    return Verdict(name, {"missing": gone, "short": short}, chars, expected, (gone | short) & expected)


def _repeated(forms: pa.ChunkedArray) -> Mask:
    """Which normal forms another item has too; null is like no other."""
    rows = np.flatnonzero(np.asarray(pc.is_valid(forms)))
    _, inverse, counts = np.unique(np.asarray(forms.drop_null(), np.uint64), return_inverse=True, return_counts=True)
    repeated = np.zeros(len(forms), np.bool_)
    repeated[rows] = counts[inverse] > 1
    return repeated


def _own(facts: pa.Table, chars: NDArray[np.int64], categories: Categories, share: float) -> NDArray[np.int64]:
    sentences = facts["text.sentences"].combine_chunks()
    of_text = np.repeat(np.arange(facts.num_rows), np.asarray(pc.list_value_length(sentences), np.int64))
    hashes = np.asarray(pc.list_flatten(sentences), np.uint64)
    sizes = np.asarray(pc.list_flatten(facts["text.sentence_chars"].combine_chunks()), np.int64)
    return own_chars(chars, hashes, sizes, of_text, categories.of_item.astype(np.int64), share)


def _array(facts: pa.Table, name: str, kind: type[_T]) -> NDArray[_T]:
    return np.asarray(facts[name], kind)
