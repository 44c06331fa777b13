"""Candidates for synonyms against the alternative labels of occupations, beside embedding neighbours alone.

Run: python benchmarks/synonyms.py [--data ../shared/data/esco]

What is mined: preferred labels and descriptions of 3,039 occupations; the alternative labels are kept away. Gold: pairs
of words of the mined vocabulary for which some occupation has two labels that differ in this one word ("technical
supervisor", "technical manager"). As a measure of precision it is silver: a pair can be right and in no two labels.
All ways are compared at equal numbers of candidates.
Co-clicked: the labels of every other occupation are taken for queries whose clicks fall on it, and gold is that of the
other half.

The verdict is SIMULATED: no LLM is asked. The questions go over HTTP to a server that knows the gold and says the truth
with a stated probability, else the opposite, whatever the pair. What a real LLM is worth has to be measured; this says
what its accuracy would be worth, how many calls that takes, and that the way from question to rule works. Intervals:
95 %, percentile bootstrap over the first word of the pairs, of one run.
"""

import argparse
import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tilth.enrich import Reader
from tilth.enrich.synonyms import answer_table, decided, pair_table, questions, synonym_prompt, verdicts_of
from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.log import LogSettings, coclicked
from tilth.enrich.synonyms.neighbours import NeighbourSettings, neighbours
from tilth.enrich.synonyms.titles import END, phrases_of
from tilth.enrich.synonyms.variants import initials, joined_words
from tilth.llm import Client, HttpTransport, MemoryStore, run_all
from tilth.records import SEARCH_SCHEMA, Searches
from tilth.stats import ClusterBootstrap
from tilth.testing import FakeLLMServer
from tilth.text import fold, stem, tokens

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "esco"
SIZES = (50, 100, 200, 500, 1000, 2000)
ASKED = 1000
"""The surest candidates of each way, about which the simulated judge is asked."""
ACCURACIES = (0.8, 0.9, 0.95)
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


def judged(candidates: Sequence[Candidate], gold: dict[Pair, int], accuracy: float, seed: int) -> list[Candidate]:
    """What is left after a simulated verdict, right with this probability, pair by pair."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        asked = json.loads(request["messages"][1]["content"])
        pair = tuple(sorted((asked["source"], asked["target"])))
        draw = int.from_bytes(hashlib.sha256(f"{seed}\0{accuracy}\0{pair}".encode()).digest()[:8], "big") / 2**64
        says = (pair in gold) == (draw < accuracy)
        return {"verdict": "two_way" if says else "never", "context": None, "confidence": accuracy}

    with FakeLLMServer(answer) as server:
        client = Client(HttpTransport(server.base_url, api_key=None), store=MemoryStore())
        reader = Reader("simulated", "simulated", server.base_url, {})
        answers, tally = run_all(client, questions(synonym_prompt(), reader, pair_table(candidates)))
    assert tally.calls == len(candidates)
    return decided(candidates, verdicts_of(answer_table(answers), "model:simulated"), least_confidence=0.7)


def interval(flags: Sequence[bool], pairs: Sequence[Pair]) -> str:
    """The share of pairs with a flag."""
    boot = ClusterBootstrap([pair[0] for pair in pairs], n_boot=2000)
    values = np.array(flags, float)
    found = boot.estimate(float(values.mean()), boot.mean(values))
    return f"{found.value:.4f} [{found.low:.4f}, {found.high:.4f}]"


def show_verdicts(name: str, candidates: Sequence[Candidate], gold: dict[Pair, int], seed: int) -> None:
    unlike = [one for one in candidates if stem(one.source) != stem(one.target)]
    asked = sorted(unlike, key=lambda one: (-one.weight, one.key))[:ASKED]
    kept = {"no verdict": asked} | {f"judge {a:g}": judged(asked, gold, a, seed) for a in ACCURACIES}
    for verdict, some in kept.items():
        pairs = [one.key for one in some]
        found, right = set(pairs), sum(pair in gold for pair in pairs)
        precision = interval([pair in gold for pair in pairs], pairs)
        recall = interval([pair in found for pair in gold], list(gold))
        calls = 0 if verdict == "no verdict" else len(asked)
        print(
            f"{name:10s} {verdict:10s} {len(pairs):5d} left, precision {precision}, recall {recall}, "
            f"{calls:,} calls, {calls / right:.0f} for a right pair"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=0, help="Of the simulated verdicts.")
    arguments = parser.parse_args()
    rows = read(arguments.data)
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
    held, clicked = gold_of(rows[1::2], vocabulary), coclicked([log_of(rows[::2])], LogSettings())
    print(f"{len(held):,} pairs in the other half")
    show("co-clicked", clicked, held, {p for p, n in held.items() if n >= 3})
    for name, some in (("joined", joined_words(phrases)), ("initials", initials(phrases))):
        print(f"{name}: {len(some)} candidates, such as {[f'{one.source} / {one.target}' for one in some[:5]]}")
    print(f"\nSimulated verdicts on the {ASKED:,} surest pairs of each way, seed {arguments.seed}")
    for name, settings in (("mined", both), ("neighbours", replace(both, places=False))):
        show_verdicts(name, neighbours(phrases, settings), gold, arguments.seed)
    print("and of the made log, against the other half's pairs")
    show_verdicts("co-clicked", clicked, held, arguments.seed)


if __name__ == "__main__":
    main()
