"""Which values say nothing: null, empty, or a word that stands for nothing."""

import pyarrow as pa
import pyarrow.compute as pc

PLACEHOLDERS = (
    *("-", "--", "---", "–", "—", ".", "..", "...", "…", "?", "??", "???", "*", "_", "#", "/"),
    *("n/a", "#n/a", "n.a.", "n.a", "na", "n.d.", "null", "nil", "nan", "none", "(none)", "<none>", "undefined"),
    *("unknown", "not known", "not available", "not applicable", "not specified", "not set", "not provided"),
    *("tbd", "t.b.d.", "tba", "tbc", "to be determined", "to be announced", "to be defined", "coming soon"),
    *("no description", "no description available", "no description available.", "description not available"),
    *("no title", "untitled", "no name", "no text", "no data", "no value", "no information"),
    *("test", "lorem ipsum", "placeholder", "[object object]"),
)
"""What counts as missing when it is all that a field holds, in lower case and without blanks around it."""

_SAYS_SOMETHING = r"[\pL\pN\pS]"


def missing(values: pa.Array) -> pa.Array:
    """Whether each value of a column of any type is missing; of shape (values,), booleans without nulls.

    A text is missing that holds a placeholder, or neither letter, digit nor symbol; a number that is NaN; a list
    without elements. False and 0 are values.
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
        kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _missing_text(values)
    if pa.types.is_floating(kind):
        return pc.is_null(values, nan_is_null=True)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.fill_null(pc.equal(pc.list_value_length(values), 0), True)
    return pc.is_null(values)


def _missing_text(values: pa.Array) -> pa.Array:
    # The longest placeholder bounds what has to be compared, so that long texts are not lowered for it.
    short = pc.less_equal(pc.binary_length(values), 64)
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(pc.if_else(pc.fill_null(short, False), values, "kept")))
    nothing = pc.is_in(plain, value_set=pa.array(PLACEHOLDERS, plain.type))
    mute = pc.invert(pc.match_substring_regex(values, _SAYS_SOMETHING))
    return pc.fill_null(pc.or_(nothing, mute), True)
