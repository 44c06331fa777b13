"""Text as pure functions: one spelling, words, stems, n-grams, overlap, typing errors."""

from tilth.text.edits import MOST_EDITS, edits_allowed, within_edits
from tilth.text.ngrams import word_ngrams
from tilth.text.normalize import UNIT_OF, fold, normalize
from tilth.text.overlap import missing
from tilth.text.plural import plural, plural_of, singular_of
from tilth.text.printable import printable
from tilth.text.stems import singular, stem
from tilth.text.tokens import head_length, is_code, is_number, tokens

__all__ = [
    "MOST_EDITS",
    "UNIT_OF",
    "edits_allowed",
    "fold",
    "head_length",
    "is_code",
    "is_number",
    "missing",
    "normalize",
    "plural",
    "plural_of",
    "printable",
    "singular",
    "singular_of",
    "stem",
    "tokens",
    "within_edits",
    "word_ngrams",
]
