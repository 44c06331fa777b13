"""From text to the terms that are indexed and searched for."""

import re
from functools import lru_cache

from tilth.text import normalize, stem, tokens

MAX_TERM = 64
"""Longer terms are cut: nobody searches for them, and they would fill the index."""
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")

_stem = lru_cache(maxsize=200_000)(stem)


def analyze(text: str, *, stemmed: bool = True) -> list[str]:
    """Terms in order: folded, units in one form, stems if `stemmed`; Chinese, Japanese and Korean in pairs of signs."""
    terms: list[str] = []
    for token in tokens(normalize(text)):
        if token.isascii():
            terms.append(_stem(token)[:MAX_TERM] if stemmed else token[:MAX_TERM])
        else:
            terms.extend(_pieces(token))
    return terms


def _pieces(token: str) -> list[str]:
    """Runs of ideographs in overlapping pairs, since no spaces divide their words; the rest as it is."""
    pieces: list[str] = []
    start = 0
    for found in _IDEOGRAPHS.finditer(token):
        pieces.append(token[start : found.start()])
        run = found[0]
        pieces.extend([run[i : i + 2] for i in range(len(run) - 1)] or [run])
        start = found.end()
    pieces.append(token[start:])
    return [piece[:MAX_TERM] for piece in pieces if piece]
