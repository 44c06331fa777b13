"""Text as pure functions: one spelling, words, stems, n-grams, overlap."""

from tilth.text.ngrams import bigrams, word_ngrams
from tilth.text.normalize import fold, normalize
from tilth.text.overlap import containment, jaccard, missing
from tilth.text.stems import stem
from tilth.text.tokens import head_length, is_code, is_number, tokens

__all__ = [
    "bigrams",
    "containment",
    "fold",
    "head_length",
    "is_code",
    "is_number",
    "jaccard",
    "missing",
    "normalize",
    "stem",
    "tokens",
    "word_ngrams",
]
