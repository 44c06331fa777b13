"""Values of attributes: when two are the same, what several answers agree on, what the catalog holds already."""

from tilth.enrich.values.agree import agree
from tilth.enrich.values.columns import ANSWERS, ASKED, CLAIMED, ERROR, agreement_of, claim_of, read_schema
from tilth.enrich.values.conflict import CONFLICT_FIELDS, Conflict, Resolutions, Unsure
from tilth.enrich.values.existing import Existing, existing_values, names_to_ask
from tilth.enrich.values.merge import Merged, merge
from tilth.enrich.values.parse import BadValueError, parse_value, value_text
from tilth.enrich.values.same import same, text_key
from tilth.enrich.values.sure import Sure, sure_values

__all__ = [
    "ANSWERS",
    "ASKED",
    "CLAIMED",
    "CONFLICT_FIELDS",
    "ERROR",
    "BadValueError",
    "Conflict",
    "Existing",
    "Merged",
    "Resolutions",
    "Sure",
    "Unsure",
    "agree",
    "agreement_of",
    "claim_of",
    "existing_values",
    "merge",
    "names_to_ask",
    "parse_value",
    "read_schema",
    "same",
    "sure_values",
    "text_key",
    "value_text",
]
