"""Columns as a table of suggestions."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tilth.artifacts.suggester import normal_form
from tilth.records import SUGGESTION_SCHEMA, Suggestions


def suggestions_of(queries: Sequence[str], columns: Mapping[str, Any]) -> Suggestions:
    """Suggestions with their normal forms; what `columns` do not name is unknown."""
    known = {"query": queries, "normal": [normal_form(query) for query in queries], **columns}
    arrays = [
        pa.array(known[one.name], one.type) if one.name in known else pa.nulls(len(queries), one.type)
        for one in SUGGESTION_SCHEMA
    ]
    return Suggestions(pa.table(arrays, schema=SUGGESTION_SCHEMA))
