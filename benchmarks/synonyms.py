"""Candidates for synonyms against the alternative labels of occupations, beside embedding neighbours alone.

Run: python benchmarks/synonyms.py [--data ../shared/data/esco]

What is mined: preferred labels and descriptions of 3,039 occupations; the alternative labels are kept away. Gold: pairs
of words of the mined vocabulary for which some occupation has two labels that differ in this one word ("technical
supervisor", "technical manager"). As a measure of precision it is silver: a pair can be right and in no two labels.
All ways are compared at equal numbers of candidates.
Co-clicked: the labels of every other occupation are taken for queries whose clicks fall on it, and gold is that of the
other half. No LLM is asked: a verdict comes after this, and its worth needs a real endpoint.
"""

import argparse
import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.log import LogSettings, coclicked
from tilth.enrich.synonyms.neighbours import NeighbourSettings, neighbours
from tilth.enrich.synonyms.titles import END, phrases_of
from tilth.enrich.synonyms.variants import initials, joined_words
from tilth.records import SEARCH_SCHEMA, Searches
from tilth.text import fold, stem, tokens

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "esco"
SIZES = (50, 100, 200, 500, 1000, 2000)
Pair = tuple[str, str]


def read(folder: Path) -> list[dict[str, str]]:
    with gzip.open(folder / "occupations_en.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gold_of(rows: Iterable[dict[str, str]], vocabulary: frozenset[str]) -> dict[Pair, int]:
    """Pairs of words, and how many occupations have labels that differ in them alone."""
    found = defaultdict[Pair, set[int]](set)
    for number, row in enumerate(rows):
        labels = {tuple(tokens(fold(one))) for one in [row["preferredLabel"], *row["altLabels"].split("\n")] if one}
        frames = defaultdict[tuple[str, ...], set[str]](set)
        for words in labels:
            for at, word in enumerate(words):
                if len(words) > 1 and word in vocabulary:
                    frames[(*words[:at], "_", *words[at + 1 :])].add(word)
        for some in frames.values():
            for one, two in combinations(sorted(some), 2):
                if stem(one) != stem(two):
                    found[one, two].add(number)
    return {pair: len(numbers) for pair, numbers in found.items()}


def log_of(rows: Iterable[dict[str, str]]) -> Searches:
    """Two people type each label and click its occupation."""
    searches = [
        {"session_id": who, "query": label, "clicked": [row["conceptUri"]]}
        for row in rows
        for label in [row["preferredLabel"], *row["altLabels"].split("\n")]
        for who in "ab"
        if label
    ]
    return Searches(pa.Table.from_pylist(searches, schema=SEARCH_SCHEMA))


def show(name: str, candidates: Sequence[Candidate], gold: dict[Pair, int], frequent: set[Pair]) -> None:
    ranked = [one.key for one in sorted(candidates, key=lambda one: (-one.weight, one.key))]
    ranked = [pair for pair in dict.fromkeys(ranked) if stem(pair[0]) != stem(pair[1])]
    for size in SIZES:
        first = ranked[:size]
        if len(first) < size:
            break
        right = sum(pair in gold for pair in first)
        often = sum(pair in frequent for pair in first)
        print(
            f"{name:34s} first {size:5d}: precision {right / size:.3f}  recall {right / len(gold):.4f}  "
            f"recall of pairs in 3 occupations or more {often / max(len(frequent), 1):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    rows = read(parser.parse_args().data)
    phrases = [(*phrases_of(row["preferredLabel"]), END, *phrases_of(row["description"])) for row in rows]
    vocabulary = frozenset(word for words in phrases for word in words if word)
    gold = gold_of(rows, vocabulary)
    frequent = {pair for pair, n in gold.items() if n >= 3}
    print(
        f"{len(rows):,} occupations; {len(gold):,} pairs of words in gold, {len(frequent):,} in 3 occupations or more"
    )
    both = NeighbourSettings(similarity=0.05, each=10)
    ways = {
        "titles and places (as shipped)": both,
        "  and seldom in one text": replace(both, together=0.3),
        "embeddings of titles (LSA) alone": replace(both, places=False),
        "embeddings of places alone": replace(both, topics=False),
    }
    for name, settings in ways.items():
        show(name, neighbours(phrases, settings), gold, frequent)
    held = gold_of(rows[1::2], vocabulary)
    print(f"{len(held):,} pairs in the other half")
    show("co-clicked", coclicked([log_of(rows[::2])], LogSettings()), held, {p for p, n in held.items() if n >= 3})
    for name, some in (("joined", joined_words(phrases)), ("initials", initials(phrases))):
        print(f"{name}: {len(some)} candidates, such as {[f'{one.source} / {one.target}' for one in some[:5]]}")


if __name__ == "__main__":
    main()
