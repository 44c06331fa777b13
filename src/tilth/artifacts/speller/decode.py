"""The best reading of a whole query: Viterbi over words, each with its options, under a bigram model."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tilth.artifacts.speller.bigrams import Language
from tilth.artifacts.speller.lexicon import UNKNOWN
from tilth.artifacts.speller.options import Option

BEGIN = UNKNOWN
"""Before the first word nothing is known."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An option for the words from `start` up to `end` of a query."""

    start: int
    end: int
    option: Option


@dataclass(frozen=True, slots=True)
class _Step:
    score: float
    edge: Edge | None
    before: "_Step | None"


def best_path(language: Language, context: float, favour: float, edges: Sequence[Sequence[Edge]]) -> list[Edge]:
    """The way through a query with the highest log odds; `edges[i]` are those that start at word i, `context` is the
    weight of what the words before add."""
    count = len(edges)
    steps: list[dict[int, _Step]] = [{} for _ in range(count + 1)]
    steps[0][BEGIN] = _Step(0.0, None, None)
    for start in range(count):
        for edge in edges[start]:
            option = edge.option
            first, last = option.words[0], option.words[-1]
            best: _Step | None = None
            score = -1e30
            for before, step in steps[start].items():
                reached = step.score + context * language.attraction(before, first)
                if reached > score:
                    score, best = reached, step
            at_end, total = steps[edge.end], score + option.gain
            if option.reason != "kept":
                total += favour
            known = at_end.get(last)
            if known is None or total > known.score:
                at_end[last] = _Step(total, edge, best)
    path: list[Edge] = []
    step = max(steps[count].values(), key=lambda one: one.score) if count else None
    while step is not None and step.edge is not None:
        path.append(step.edge)
        step = step.before
    return path[::-1]


def attraction(language: Language, before: int, options: Sequence[Option], after: int) -> float:
    """What context adds to a run of options between two words."""
    total = 0.0
    for option in options:
        total += language.attraction(before, option.words[0])
        for first, second in pairwise(option.words):
            total += language.attraction(first, second)
        before = option.words[-1]
    return total + language.attraction(before, after)
