"""Columns beside the attributes in tables of answers and of what was read; no attribute can be called so."""

from collections.abc import Mapping

import pyarrow as pa

from tilth.enrich.config import AttributeConfig
from tilth.enrich.schema import PREFIX, arrow_schema

ERROR = f"{PREFIX}error"
"""What went wrong with an answer."""
ASKED = f"{PREFIX}asked"
"""Names that were asked about; in the table that questions are made of, null asks about all."""
CLAIMED = f"{PREFIX}claimed"
"""What the LLM claimed about each attribute in one answer."""
ANSWERS = f"{PREFIX}answers"
"""How many answers came, usable or not."""


def agreement_of(name: str) -> str:
    """Column of the share of answers that gave the value; of a list, for each of its elements."""
    return f"{PREFIX}agreement:{name}"


def claim_of(name: str) -> str:
    """Column of the probability that the LLM claimed, over the answers that gave the value."""
    return f"{PREFIX}claimed:{name}"


def read_schema(attributes: Mapping[str, AttributeConfig]) -> pa.Schema:
    """What was read, an entity a row: `id`, the attributes, and what is known about their values.

    Agreement is null where there was one answer only, a claim where none was asked for.
    """
    schema = arrow_schema(attributes)
    for name, attribute in attributes.items():
        one = pa.float64()
        schema = schema.append(pa.field(agreement_of(name), pa.list_(one) if attribute.type == "list" else one))
    for name in attributes:
        schema = schema.append(pa.field(claim_of(name), pa.float64()))
    return schema.append(pa.field(ANSWERS, pa.int32())).append(pa.field(ASKED, pa.list_(pa.string())))
