"""What several answers about one entity agree on, and how many of them do.

The share of answers that give the same value is the confidence of self-consistency (Wang et al. 2023, "Self-consistency
improves chain of thought reasoning in language models"); an answer that could not be used agrees with none.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.enrich.config import AttributeConfig
from tilth.enrich.values.columns import ANSWERS, ASKED, CLAIMED, ERROR, agreement_of, claim_of, read_schema
from tilth.enrich.values.same import same, text_key

Row = dict[str, Any]


def agree(attributes: Mapping[str, AttributeConfig], rows: pa.Table) -> pa.Table:
    """One row of `read_schema` for each entity that at least one of its answers read, in order of their first answers.

    `rows` are answers. A value is the one most answers give, of several the first given; null competes. A list holds
    what more than half of the answers name.
    """
    ids = rows["id"].combine_chunks()
    if pc.count_distinct(ids).as_py() == len(ids):
        return _single(attributes, rows.filter(pc.is_null(rows[ERROR])))
    codes = np.asarray(ids.dictionary_encode().indices)
    order = np.argsort(codes, kind="stable")
    bounds = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0, True])
    answers = rows.take(pa.array(order)).to_pylist()
    voted = (_voted(attributes, answers[start:end]) for start, end in pairwise(bounds.tolist()))
    return pa.Table.from_pylist([row for row in voted if row is not None], schema=read_schema(attributes))


def _single(attributes: Mapping[str, AttributeConfig], rows: pa.Table) -> pa.Table:
    """One answer an entity: nothing to agree with."""
    schema = read_schema(attributes)
    claimed = rows[CLAIMED].combine_chunks()
    columns: dict[str, Any] = {name: rows[name] for name in ("id", *attributes, ASKED)}
    columns |= {claim_of(name): pc.struct_field(claimed, name) for name in attributes}
    columns[ANSWERS] = pa.array(np.ones(len(rows), np.int32))
    return pa.table(
        {field.name: columns.get(field.name, pa.nulls(len(rows), field.type)) for field in schema}, schema=schema
    )


def _voted(attributes: Mapping[str, AttributeConfig], answers: Sequence[Row]) -> Row | None:
    usable = [answer for answer in answers if answer[ERROR] is None]
    if not usable:
        return None
    row: Row = {"id": usable[0]["id"], ANSWERS: len(answers), ASKED: usable[0][ASKED]}
    for name, attribute in attributes.items():
        if name not in row[ASKED]:
            continue
        vote = _elements if attribute.type == "list" else _value
        row[name], agreement, behind = vote(attribute, [answer[name] for answer in usable], len(answers))
        row[agreement_of(name)] = agreement if len(answers) > 1 else None
        claims = [usable[place][CLAIMED][name] for place in behind]
        known = [claim for claim in claims if claim is not None]
        row[claim_of(name)] = sum(known) / len(known) if known else None
    return row


def _value(attribute: AttributeConfig, said: Sequence[Any], answers: int) -> tuple[Any, float | None, list[int]]:
    """The value that most give, the share that does, and which do; no share where they say nothing."""
    if all(one == said[0] for one in said):  # mostly so, and comparing takes long
        return said[0], None if said[0] is None else len(said) / answers, list(range(len(said)))
    backers = [[place for place, other in enumerate(said) if _alike(attribute, one, other)] for one in said]
    best = max(range(len(said)), key=lambda place: len(backers[place]))
    share = None if said[best] is None else len(backers[best]) / answers
    return said[best], share, backers[best]


def _alike(attribute: AttributeConfig, left: Any, right: Any) -> bool:
    return left is right if left is None or right is None else same(attribute, left, right)


def _elements(_: AttributeConfig, said: Sequence[list[str]], answers: int) -> tuple[list[str], list[float], list[int]]:
    """The elements that more than half of the answers name, with the share that does."""
    written, counts = dict[str, str](), dict[str, int]()
    for elements in said:
        for key, element in {text_key(element): element for element in elements}.items():
            written.setdefault(key, element)
            counts[key] = counts.get(key, 0) + 1
    kept = [key for key, count in counts.items() if 2 * count > answers]
    return [written[key] for key in kept], [counts[key] / answers for key in kept], list(range(len(said)))
