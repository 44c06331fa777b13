"""Phrases out of titles: runs of words that several titles hold, without scraps and measures."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.records import Entities
from tilth.suggest.candidates import CANDIDATE_SCHEMA, candidates
from tilth.suggest.config import TitleConfig
from tilth.suggest.mine.evidence import SHOWN_IDS, categories_of, id_lists
from tilth.suggest.words import LITTLE
from tilth.text import fold, is_code, is_number
from tilth.text.normalize import UNIT_OF

TITLE_CHARS = 500
WORDS_OF_TITLE = 60
FRAGMENT = 0.9
"""A phrase that one longer phrase holds in more than this share of its titles is a piece of that one."""
# A phrase does not reach over these signs.
_BREAKS = re.compile(r"[,;:!?()\[\]{}|/\\\"\u201c\u201d\u2022\u00b7]+|\s[-\u2013\u2014]+\s|\.\s|\s[&+]\s(?=\W)|\n")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
EVIDENCE = 5
"""In fewer titles a phrase may stand within a longer one by chance."""
_HASH = np.uint64(0x9E3779B97F4A7C15)
_START = -1

Codes = NDArray[np.uint64]


def from_titles(items: Entities, config: TitleConfig) -> pa.Table:
    """Candidates of source `title`, a table of CANDIDATE_SCHEMA; `items` says how many titles hold each.

    A phrase neither begins nor ends with a little word ("for", "the"), has a word that is no number, unit or model
    code, does not reach over punctuation, and is no piece of one longer phrase ("dr pepper" is kept, "pepper" is not if
    nearly all titles have it so). A whole short title is a candidate too.
    """
    if not config.max_words:
        return CANDIDATE_SCHEMA.empty_table()
    words = Words.of(items.titles())
    found = [_Phrases.of(words, size) for size in range(1, config.max_words + 1)]
    kept = _kept(words, found, config)
    queries = [words.text(int(start), size) for size, start, _, _ in kept]
    rows = [words.title[places] for _, _, _, places in kept]
    given = {
        "items": [count for _, _, count, _ in kept],
        "item_ids": id_lists(items, rows),
        "category": categories_of(items, rows),
    }
    return candidates("title", queries, given)


class Words:
    """The words of all titles, one behind the other; -1 stands between those that no phrase may reach over."""

    def __init__(self, words: list[str], codes: NDArray[np.int64], title: NDArray[np.int64]) -> None:
        self.words, self.codes, self.title = words, codes, title
        plain = [fold(word) for word in words]
        self.little = np.array([word in LITTLE for word in plain] + [True])
        self.bare = np.array([_is_bare(word) for word in plain] + [True])

    @classmethod
    def of(cls, titles: Sequence[str]) -> "Words":
        number, codes, owner = dict[str, int](), list[int](), list[int]()
        for row, title in enumerate(titles):
            for piece in _pieces(title):
                codes += [*(number.setdefault(word, len(number)) for word in piece), _START]
                owner += [row] * (len(piece) + 1)
        return cls(list(number), np.array(codes, np.int64), np.array(owner, np.int64))

    def text(self, start: int, size: int) -> str:
        return " ".join(self.words[code] for code in self.codes[start : start + size].tolist())


class _Phrases:
    """All phrases of one length: `keys` (n,) sorted, `counts` (n,) titles, `starts` (n,) a place of each; `rows` and
    `begins` list the places of phrase i as `rows[begins[i]:begins[i + 1]]`, one a title."""

    def __init__(self, keys: Codes, rows: NDArray[np.int64], begins: NDArray[np.int64]) -> None:
        self.keys, self.rows, self.begins = keys, rows, begins
        self.counts = np.diff(begins)

    @classmethod
    def of(cls, words: Words, size: int) -> "_Phrases":
        places = places_of(words.codes, size)
        keys = keys_at(words.codes, places, size)
        order = np.lexsort((words.title[places], keys))
        keys, places = keys[order], places[order]
        new = np.ones(len(keys), np.bool_)
        new[1:] = (keys[1:] != keys[:-1]) | (words.title[places[1:]] != words.title[places[:-1]])
        keys, places = keys[new], places[new]
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
        return cls(keys[first], places, np.append(first, len(keys)))


def places_of(codes: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Where runs of so many words begin."""
    if len(codes) < size:
        return np.zeros(0, np.int64)
    ends = np.append(0, np.cumsum(codes == _START))
    return np.flatnonzero(ends[size:] == ends[: len(codes) - size + 1])


def keys_at(codes: NDArray[np.int64], places: NDArray[np.int64], size: int) -> Codes:
    """A number for the run of words at each place; runs of one length that are equal have equal ones."""
    keys = np.full(len(places), np.uint64(size))
    for step in range(size):
        keys = (keys ^ (codes[places + step] + 1).astype(np.uint64)) * _HASH
        keys ^= keys >> np.uint64(29)
    return keys


def _kept(words: Words, found: list[_Phrases], config: TitleConfig) -> list[tuple[int, int, int, NDArray[np.int64]]]:
    """Size, a place, the number of titles, and a few places of each phrase that is kept, most titles first."""
    rows = list[tuple[int, int, int, NDArray[np.int64]]]()
    whole = _whole_titles(words)
    for size, phrases in enumerate(found, start=1):
        starts = phrases.rows[phrases.begins[:-1]]
        good = ~words.little[words.codes[starts]] & ~words.little[words.codes[starts + size - 1]]
        bare = np.all([words.bare[words.codes[starts + step]] for step in range(size)], axis=0)
        own = whole[starts] == size
        longer = found[size] if size < len(found) else None
        scrap = _scraps(words, phrases, size, longer) & ~own
        keep = np.flatnonzero(good & ~bare & ~scrap & (own | (phrases.counts >= config.min_items)))
        for at in keep.tolist():
            begin = phrases.begins[at]
            few = phrases.rows[begin : begin + min(SHOWN_IDS, int(phrases.counts[at]))]
            rows.append((size, int(starts[at]), int(phrases.counts[at]), few))
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    return rows[: config.most]


def _scraps(words: Words, phrases: _Phrases, size: int, longer: _Phrases | None) -> NDArray[np.bool_]:
    """Whether one phrase of a word more holds nearly all of its titles, shape (phrases,)."""
    most = np.zeros(len(phrases.keys), np.int64)
    if longer is not None and len(longer.keys):
        starts = longer.rows[longer.begins[:-1]]
        ends = words.codes[starts + size]
        for shift, edge in ((0, ends), (1, words.codes[starts])):
            inner = np.searchsorted(phrases.keys, keys_at(words.codes, starts + shift, size))
            # What a little word or a measure adds is no better phrase.
            solid = ~words.little[edge] & ~words.bare[edge]
            np.maximum.at(most, inner[solid], longer.counts[solid])
    return (most > FRAGMENT * phrases.counts) & (phrases.counts >= EVIDENCE)


def _whole_titles(words: Words) -> NDArray[np.int64]:
    """At the first word of each title that is one piece, how many words it has; 0 elsewhere."""
    sizes = np.zeros(len(words.codes) + 1, np.int64)
    stops = np.flatnonzero(words.codes == _START)
    if len(stops):
        starts = np.append(0, stops[:-1] + 1)
        pieces = np.bincount(words.title[stops])
        alone = pieces[words.title[stops]] == 1
        sizes[starts[alone]] = (stops - starts)[alone]
    return sizes


def _pieces(title: str) -> Iterator[list[str]]:
    for piece in _BREAKS.split(title[:TITLE_CHARS].lower()):
        words = [word for raw in piece.split() if (word := _EDGES.sub("", raw))]
        if words:
            yield words[:WORDS_OF_TITLE]


def _is_bare(word: str) -> bool:
    """A number, a unit, a model code or one letter: nothing that a query could consist of."""
    if word.isascii() and len(word) == 1:
        return True
    return is_number(word) or word in UNIT_OF or is_code(word) or not any(char.isalpha() for char in word)
