"""Text as pure functions: one spelling, words, stems, n-grams, overlap."""

from tilth.text.ngrams import word_ngrams
from tilth.text.normalize import fold, normalize
from tilth.text.overlap import missing
from tilth.text.printable import printable
from tilth.text.stems import singular, stem
from tilth.text.tokens import head_length, is_code, is_number, tokens

__all__ = [
    "fold",
    "head_length",
    "is_code",
    "is_number",
    "missing",
    "normalize",
    "printable",
    "singular",
    "stem",
    "tokens",
    "word_ngrams",
]
