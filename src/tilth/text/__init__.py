"""Text as pure functions: one spelling, words, stems, n-grams, overlap."""

from tilth.text.ngrams import word_ngrams
from tilth.text.normalize import fold, normalize
from tilth.text.overlap import missing
from tilth.text.plural import plural, plural_of, singular_of
from tilth.text.printable import printable
from tilth.text.stems import stem
from tilth.text.tokens import head_length, is_code, is_number, tokens

__all__ = [
    "fold",
    "head_length",
    "is_code",
    "is_number",
    "missing",
    "normalize",
    "plural",
    "plural_of",
    "printable",
    "singular_of",
    "stem",
    "tokens",
    "word_ngrams",
]
