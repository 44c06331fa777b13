"""What a reader sees of a text, and its forms that are compared: all as functions of Arrow arrays of strings.

Arrow's regular expressions (RE2) take linear time, so texts of any content are safe; `clip` bounds their length.
"""

import html
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MAX_CHARS = 20_000
"""Of a longer text the beginning is looked at: it is not thin whatever follows."""

_TAG = r"</?[a-zA-Z][^<>]*>"
_BLOCK_TAG = r"(?i)</?(?:p|br|div|li|ul|ol|h[1-6]|hr|tr|td|th|table|section|article)\b[^<>]*>"
_ENTITY = r"&(?:[a-zA-Z]{2,8}|#[0-9]{2,6}|#x[0-9a-fA-F]{2,5});"
_MARKUP = f"{_TAG}|{_ENTITY}"
# UTF-8 read as Latin-1 or Windows-1252 and written again; what could not be decoded; control characters.
_GARBLED = (
    "\ufffd|Ã[\u0080-\u00bf\u0192\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|Â[\u00a0-\u00bf]|â€|[\u00d0\u00d1][\u0080-\u00bf]|ï»¿|[\x00-\x08\x0e-\x1f\x7f\u0080-\u009f]"
)
_WIDE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_BETWEEN_WORDS = r"[^\pL\pM\pN\pS#]+"
_BETWEEN_SENTENCES = r"[.!?]+\s+|[。！？]+|[\r\n\t]+|\s[•·|]\s"


def clip(texts: pa.Array) -> pa.Array:
    """Texts cut at `MAX_CHARS`, "" for null."""
    texts = pc.fill_null(texts, "")
    longest = pc.max(pc.binary_length(texts)).as_py() if len(texts) else 0
    return texts if longest <= MAX_CHARS else pc.utf8_slice_codeunits(texts, 0, MAX_CHARS)


def has_markup(texts: pa.Array) -> pa.Array:
    """Whether HTML tags or entities stand in a text."""
    return pc.match_substring_regex(texts, _MARKUP)


def is_garbled(texts: pa.Array) -> pa.Array:
    """Whether a text holds what a wrong encoding leaves behind, such as "CafÃ©", or control characters."""
    return pc.match_substring_regex(texts, _GARBLED)


def visible(texts: pa.Array, markup: pa.Array) -> pa.Array:
    """Texts as a page shows them: without tags (block ones become line ends) and with entities resolved."""

    def shown(raw: pa.Array) -> pa.Array:
        plain = pc.replace_substring_regex(pc.replace_substring_regex(raw, _BLOCK_TAG, "\n"), _TAG, "")
        return pa.array([html.unescape(text) for text in plain.to_pylist()], raw.type)

    return pc.utf8_trim_whitespace(_where(texts, markup, shown))


def length(texts: pa.Array) -> NDArray[np.int64]:
    """Characters of each text, shape (texts,). A Chinese, Japanese or Korean one counts twice: it says as much."""
    chars = np.asarray(pc.utf8_length(texts), np.int64)
    foreign = np.flatnonzero(~np.asarray(pc.string_is_ascii(texts)))
    chars[foreign] += np.asarray(pc.count_substring_regex(texts.take(pa.array(foreign)), _WIDE), np.int64)
    return chars


def normal_form(texts: pa.Array) -> pa.Array:
    """Lower case in Unicode's compatibility form, with one blank for all that stands between words.

    `C++` and `C#` stay apart from `C`, and so do 1.5 and 15.
    """

    def composed(raw: pa.Array) -> pa.Array:
        return pc.utf8_normalize(raw, form="NFKC")

    lowered = pc.utf8_lower(_where(texts, pc.invert(pc.string_is_ascii(texts)), composed))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(lowered, _BETWEEN_WORDS, " "))


def sentences(texts: pa.Array) -> tuple[pa.Array, NDArray[np.int64], NDArray[np.int64]]:
    """Sentences and lines in lower case. Numbers stay: what differs in them alone says different things of products.

    Returns:
        The sentences that are not blank, text by text, shape (sentences,); the text each is of; its length.
    """
    parts = pc.split_pattern_regex(pc.utf8_lower(texts), _BETWEEN_SENTENCES)
    pieces = pc.utf8_trim(pc.list_flatten(parts), characters=" \t\r\n\u00a0.,;:!?*-–—•")
    of_text = np.repeat(np.arange(len(texts)), np.asarray(pc.list_value_length(parts), np.int64))
    kept = np.asarray(pc.greater(pc.binary_length(pieces), 0))
    pieces = pieces.filter(pa.array(kept))
    return pieces, of_text[kept], length(pieces)


def hashes(texts: pa.Array) -> NDArray[np.uint64]:
    """A 64-bit hash of each text, shape (texts,), the same within one audit."""
    import daft

    return np.asarray(daft.Series.from_arrow(texts).hash().to_arrow(), np.uint64)


def _where(texts: pa.Array, chosen: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """`texts` with the chosen ones changed."""
    if not pc.any(chosen).as_py():
        return texts
    return pc.replace_with_mask(texts, chosen, change(texts.filter(chosen)))
