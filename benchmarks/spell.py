"""Query spelling: accuracy on typos, false corrections, speed; beside symspellpy with the same dictionary.

Run: python benchmarks/spell.py [--data ../shared/data] [--only home_depot msmarco million] [--words FILE]

Each is done without a word list and with one: FILE, or where it is installed symspellpy's 82,765 English words with
their counts.

home_depot: 2,360 queries with the corrections of a web search engine (silver); the others count as right as they are.
The dictionary is made of all titles and of the queries of other folds; weights, threshold and known mistakes come from
other folds too. No query of fold 7 has a correction: fold 6 is the held-out part (the prices of edits were counted, the
features and the size of the trees chosen on folds 0-5), and all folds together are cross-validated, each with all that
is fitted on the others.
msmarco: 6,980 web queries, each as it was and with one typo; the dictionary is made of 4,000 passages of the same
collection (those of alaofi, retrieved for other queries) and of the clean queries of other folds; both forms of a query
are in the same fold.
million: one million made-up words, for time and size only.
Intervals: 95 % percentile bootstrap over queries. Speed: queries per second of processor time on one core.
"""

import argparse
import csv
import gzip
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from tilth.artifacts.speller import Speller, load_speller, write_speller
from tilth.artifacts.speller.words import symbol, words
from tilth.data import load_word_list
from tilth.enrich.spell import Corpus, SpellConfig, build, general_words, with_fit
from tilth.enrich.spell.fit import Pair, fold_of, same, threshold_of
from tilth.enrich.spell.train import cross_scored
from tilth.stats import ClusterBootstrap

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FOLDS, WEB_FOLDS = 10, 5
PROMISED = 0.03
RATES = (0.01, PROMISED, 0.05, 0.1)
MILLION = 1_000_000


@dataclass(frozen=True)
class Result:
    """What became of each pair."""

    pairs: Sequence[Pair]
    texts: Sequence[str]
    seconds: float | None = None

    def show(self, name: str) -> None:
        clean = np.array([same(*pair) for pair in self.pairs])
        both = list(zip(self.texts, self.pairs, strict=True))
        right = np.array([same(text, wanted) for text, (_, wanted) in both], dtype=float)
        changed = np.array([not same(text, query) for text, (query, _) in both], dtype=float)
        parts = [f"accuracy {interval(right[~clean])}", f"false {interval(changed[clean])}"]
        if self.seconds:
            parts.append(f"{len(self.pairs) / self.seconds:,.0f} queries/s")
        print(f"{name:42s} {'  '.join(parts)}", flush=True)


def interval(values: np.ndarray) -> str:
    if not len(values):
        return "-"
    boot = ClusterBootstrap(np.arange(len(values)), n_boot=500, seed=0)
    found = boot.estimate(float(values.mean()), boot.mean(values))
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}] n={len(values)}"


def home_depot(folder: Path, general: Mapping[str, float]) -> Corpus:
    with gzip.open(folder / "pairs.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "spelling.tsv").open(encoding="utf-8") as file:
        corrected = {row["query"]: row["corrected"] for row in csv.DictReader(file, delimiter="\t")}
    queries = list(dict.fromkeys([*(row["query"] for row in rows), *corrected]))
    known = {" ".join(query.lower().split()): text for query, text in corrected.items()}
    pairs = [(query, known.get(" ".join(query.lower().split()), query)) for query in queries]
    titles = dict.fromkeys(row["title"] for row in rows)
    texts, log = ((title, 1.0) for title in titles), ((query, 1.0) for query in queries)
    return Corpus(texts, log, pairs, SpellConfig(), FOLDS, general=general)


def msmarco(folder: Path, general: Mapping[str, float]) -> tuple[Corpus, Result]:
    """Also what the web search engine made of the queries with typos."""
    clean, typed, engine = (
        dict(line.split("\t", 1) for line in (folder / name).read_text(encoding="utf-8").splitlines())
        for name in ("queries.dev.small.tsv", "queries.dev.small.typo1.tsv", "queries.dev.small.typo1.ms.tsv")
    )
    pairs = list(dict.fromkeys(pair for one in clean for pair in ((typed[one], clean[one]), (clean[one], clean[one]))))
    folds = {query: fold_of(wanted, WEB_FOLDS) for query, wanted in pairs}
    queries = ((query, 1.0) for query in clean.values())
    with gzip.open(folder.parent / "alaofi" / "pairs.csv.gz", "rt", encoding="utf-8") as file:
        passages = dict.fromkeys(row["passage"] for row in csv.DictReader(file))
    texts = ((passage, 1.0) for passage in passages)
    config = SpellConfig(min_query_weight=1.0)
    corpus = Corpus(texts, queries, pairs, config, WEB_FOLDS, folds.__getitem__, general)
    return corpus, Result([(typed[one], clean[one]) for one in clean], [engine[one] for one in clean])


def compare(corpus: Corpus, rates: Sequence[float]) -> None:
    """Each fold with all that is fitted on the others, beside the peer on one of them."""
    folds = [fold for fold in range(corpus.folds) if any(not same(*pair) for pair in corpus.pairs[fold])]
    pairs: list[Pair] = []
    texts: dict[float, list[str]] = {rate: [] for rate in rates}
    covered: list[bool] = []
    missed: Counter[str] = Counter()
    for held in folds:
        part = corpus.pairs[held]
        others = corpus.considered([fold for fold in folds if fold != held], without=[held])
        scored, bare = cross_scored(others), corpus.speller([held])
        pairs.extend(part)
        covered.extend(reachable(bare, *pair) for pair in part if not same(*pair))
        for rate in rates:
            speller = with_fit(bare, threshold_of(*scored, rate))
            result = timed(lambda query, use=speller: use.correct(query).text, part)
            texts[rate].extend(result.texts)
            if rate == PROMISED:
                missed.update(why_missed(speller, result))
            if rate == PROMISED and held == folds[-1]:
                result.show(f"fold {held}, fitted on the others for {rate:.0%}")
                peers(bare, part)
    print(f"queries whose new words are all in the dictionary (the ceiling): {np.mean(covered):.3f}")
    for rate, found in texts.items():
        Result(pairs, found).show(f"all folds, cross-validated, for {rate:.0%} false")
    print(f"what is missed at {PROMISED:.0%}:", dict(missed.most_common()), flush=True)
    everything = cross_scored(corpus.considered(folds))
    speed(with_fit(corpus.speller(), threshold_of(*everything, PROMISED)), [query for query, _ in pairs])


def why_missed(speller: Speller, result: Result) -> Iterable[str]:
    for text, (query, wanted) in zip(result.texts, result.pairs, strict=True):
        if same(query, wanted) or same(text, wanted):
            continue
        if not reachable(speller, query, wanted):
            yield "a wanted word is not in the dictionary"
        elif query.lower().replace(" ", "") == wanted.lower().replace(" ", ""):
            yield "a blank too many or too few, and nothing else"
        elif len(query.split()) != len(wanted.split()):
            yield "a blank and letters"
        elif covers(speller, query):
            yield "a known word typed for another (or a mistake that the catalog makes too)"
        else:
            yield "left as it was" if same(text, query) else "another word, or one of several"


def covers(speller: Speller, text: str) -> bool:
    return all(speller.lexicon.find(symbol(word.form)) >= 0 for word in words(text))


def reachable(speller: Speller, query: str, wanted: str) -> bool:
    """Whether every word that the wanted query has and the typed one lacks is in the dictionary."""
    typed = {word.form for word in words(query)}
    return covers(speller, " ".join(word.form for word in words(wanted) if word.form not in typed))


def timed(correct: Callable[[str], str], pairs: Sequence[Pair]) -> Result:
    start = time.process_time()
    texts = [correct(query) for query, _ in pairs]
    return Result(pairs, texts, time.process_time() - start)


def peers(speller: Speller, part: Sequence[Pair]) -> None:
    """symspellpy with the words and pairs of words of the speller, and their counts."""
    try:
        from symspellpy import SymSpell, Verbosity
    except ImportError:
        print("symspellpy: left out, pip install symspellpy to include it")
        return
    peer, lexicon = SymSpell(max_dictionary_edit_distance=2, prefix_length=7), speller.lexicon
    scale = 1 / np.exp(speller.settings.unknown_log_p)

    def number(log_p: float) -> int:
        return max(round(float(np.exp(log_p)) * float(scale)), 1)

    for word, log_p in enumerate(speller.tables.lexicon.log_p.tolist()):
        peer.create_dictionary_entry(lexicon.form(word), number(log_p))
    bigrams = speller.tables.bigrams
    some = np.flatnonzero(bigrams.keys != np.uint64((1 << 64) - 1))
    for key, attraction in zip(bigrams.keys[some].tolist(), bigrams.attraction[some].tolist(), strict=True):
        first, second = key >> 32, key & 0xFFFFFFFF
        count = number(lexicon.log_p(first) + lexicon.log_p(second) + attraction)
        peer.bigrams[f"{lexicon.form(first)} {lexicon.form(second)}"] = count
        peer.bigram_count_min = min(peer.bigram_count_min, count)

    def compound(query: str) -> str:
        return peer.lookup_compound(query.lower(), max_edit_distance=2, ignore_non_words=True)[0].term

    def one(word: str) -> str:
        if any(char.isdigit() for char in word):
            return word
        return peer.lookup(word, Verbosity.TOP, max_edit_distance=2, include_unknown=True)[0].term

    timed(compound, part).show("  symspellpy lookup_compound, same words")
    timed(lambda query: " ".join(map(one, query.lower().split())), part).show("  symspellpy word by word, same words")


def speed(speller: Speller, queries: Sequence[str]) -> None:
    """Once through all queries in a random order with nothing remembered, then once more."""
    order = np.random.default_rng(0).permutation(len(queries)).tolist()
    fresh = speller.replaced()
    for name in ("nothing remembered", "once more"):
        times = []
        for place in order:
            start = time.thread_time_ns()
            fresh.correct(queries[place])
            times.append(time.thread_time_ns() - start)
        p50, p99 = np.quantile(times, (0.5, 0.99)) / 1e6
        print(f"  {len(speller.lexicon):,} words, {name}: {len(times) / sum(times) * 1e9:,.0f} queries/s, ", end="")
        print(f"p50 {p50:.3f} ms, p99 {p99:.3f} ms", flush=True)


def million() -> None:
    rng = np.random.default_rng(0)
    made = made_up(rng, MILLION)
    shares = 1 / np.arange(1, MILLION + 1)
    shares /= shares.sum()
    rows = np.concatenate([np.arange(MILLION), rng.choice(MILLION, size=3 * MILLION, p=shares)])
    rng.shuffle(rows)
    numbers = rows.tolist()
    texts = [(" ".join(made[word] for word in numbers[at : at + 8]), 1.0) for at in range(0, len(numbers), 8)]
    start, wall = time.process_time(), time.perf_counter()
    speller = build(texts, [], SpellConfig())
    took, passed = time.process_time() - start, time.perf_counter() - wall
    with tempfile.TemporaryDirectory() as folder:
        manifest = write_speller(Path(folder) / "speller", speller)
        size = sum(path.stat().st_size for path in (Path(folder) / "speller").iterdir())
        print(f"{manifest.words:,} words, {manifest.pairs:,} pairs: built in {took:.1f} s of processor time ", end="")
        print(f"({passed:.1f} s on the clock), {size / 1e6:,.0f} MB on disk, mapped")
        queries = []
        for three in rng.choice(MILLION, size=(5000, 3), p=shares).tolist():
            typed = [made[word] for word in three]
            place = int(rng.integers(3))
            typed[place] = mistyped(typed[place], rng)
            queries.append(" ".join(typed))
        speed(load_speller(Path(folder) / "speller"), queries)


def made_up(rng: np.random.Generator, count: int) -> list[str]:
    starts = [*"bcdfghjklmnprstvwz", "ch", "sh", "st", "tr", "br", "cl", "gr", "pl"]
    vowels = [*"aeiou", "ai", "ea", "ou", "ie", "oo"]
    syllables = [start + vowel for start in starts for vowel in vowels]
    syllables += [start + vowel + end for start in starts[:18] for vowel in vowels[:5] for end in "nrstlm"]
    found: dict[str, None] = {}
    while len(found) < count:
        lengths, picked = rng.integers(2, 5, size=count).tolist(), rng.integers(0, len(syllables), size=(count, 4))
        for length, some in zip(lengths, picked.tolist(), strict=True):
            found["".join(syllables[one] for one in some[:length])[:16]] = None
    out = list(found)[:count]
    rng.shuffle(out)
    return out


def mistyped(word: str, rng: np.random.Generator) -> str:
    """One letter swapped, left out, doubled or replaced."""
    at, kind = int(rng.integers(len(word) - 1)), int(rng.integers(4))
    middle = (word[at + 1] + word[at], word[at + 1], word[at] * 2 + word[at + 1], "x" + word[at + 1])[kind]
    return word[:at] + middle + word[at + 2 :]


def word_lists(path: Path | None) -> dict[str, Mapping[str, float]]:
    """No list, and the one that there is."""
    if path is None and (found := find_spec("symspellpy")) is not None and found.origin is not None:
        path = Path(found.origin).with_name("frequency_dictionary_en_82_765.txt")
    none: dict[str, Mapping[str, float]] = {"no word list": {}}
    if path is None:
        print("no word list: name one with --words, or pip install symspellpy to use the one that it has")
        return none
    return none | {"a word list": general_words(load_word_list(str(path), base=Path()))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--only", nargs="*", default=["home_depot", "msmarco", "million"])
    parser.add_argument("--words", type=Path, help="words of the language, one a line, each with its count")
    arguments = parser.parse_args()
    lists = word_lists(arguments.words)
    if "home_depot" in arguments.only:
        for name, general in lists.items():
            print(f"home_depot, {name}")
            compare(home_depot(arguments.data / "home_depot", general), RATES)
    if "msmarco" in arguments.only:
        for name, general in lists.items():
            print(f"msmarco, {name}")
            corpus, engine = msmarco(arguments.data / "msmarco_typo", general)
            engine.show("the web search engine, on the typos")
            compare(corpus, (PROMISED,))
    if "million" in arguments.only:
        print("million")
        million()


if __name__ == "__main__":
    main()
