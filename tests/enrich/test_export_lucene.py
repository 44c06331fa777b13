"""What Lucene itself makes of an exported synonyms file, where Java and its jars are at hand.

Debian's liblucene8-java has the jars; TILTH_LUCENE_JARS may name another folder of them.
"""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from export_readers import NASTY, WORDS

from tilth.enrich.export import export_rules
from tilth.records import Rule

FOLDER = Path(os.environ.get("TILTH_LUCENE_JARS", "/usr/share/java"))
JARS = [*FOLDER.glob("lucene-core-*.jar"), *FOLDER.glob("lucene-analy*-common-*.jar")]
pytestmark = pytest.mark.skipif(
    len(JARS) < 2 or shutil.which("javac") is None, reason="needs a JDK and Lucene's jars (Debian: liblucene8-java)"
)


def searched_as(file: Path, terms: list[str]) -> list[set[str]]:
    """All that each term is searched as, by Lucene's SolrSynonymParser and SynonymGraphFilter."""
    source = Path(__file__).with_name("LuceneSynonyms.java")
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, JARS)), str(source), str(file)]
    done = subprocess.run(
        command, input="\n".join(terms), capture_output=True, encoding="utf-8", timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return [set(line.split("\t")) for line in done.stdout.split("\n")[:-1]]


def test_lucene_reads_the_file_as_it_was_meant(tmp_path):
    terms = [*NASTY, *WORDS]
    rules = [
        *(Rule(f"n{at}", "synonym", term, f"target{at}") for at, term in enumerate(terms)),
        *(Rule(f"t{at}", "synonym", f"source{at}", term) for at, term in enumerate(terms)),
        Rule("g1", "synonym", "tv", "television set", direction="two_way"),
        Rule("g2", "synonym", "tv", "telly", direction="two_way"),
        Rule("g3", "synonym", "telly", "television set", direction="two_way"),
        Rule("c1", "synonym", "one", "two", direction="two_way"),
        Rule("c2", "synonym", "two", "three", direction="two_way"),
        Rule("c3", "synonym", "one", "four"),
    ]
    exported = export_rules(rules, tmp_path, "solr")
    expected = {
        **{term: {term, f"target{at}"} for at, term in enumerate(terms)},
        **{f"source{at}": {f"source{at}", term} for at, term in enumerate(terms)},
        **{term: {"tv", "television set", "telly"} for term in ("tv", "television set", "telly")},
        "one": {"one", "two", "four"},
        "two": {"one", "two", "three"},
        "three": {"two", "three"},
        "four": {"four"},
    }
    found = searched_as(exported.folder / "synonyms.txt", list(expected))
    assert dict(zip(expected, found, strict=True)) == expected


def test_lucene_reads_any_text_as_it_was_meant(tmp_path):
    rng = random.Random(0)
    signs = ["a", "B1", " ", ",", "=>", "=", ">", "#", "\\", '"', "'", "é", "本", "م", "😀", "\u202e", "\u200d"]
    texts = {" ".join("".join(rng.choices(signs, k=rng.randint(1, 8))).split()) for _ in range(600)}
    terms = sorted(text for text in texts if any(char.isalnum() for char in text))
    rules = [Rule(str(at), "synonym", term, f"target{at}") for at, term in enumerate(terms)]
    exported = export_rules(rules, tmp_path, "opensearch")
    found = searched_as(exported.folder / "tilth_synonyms.txt", terms)
    assert len(terms) > 300
    assert found == [{term, f"target{at}"} for at, term in enumerate(terms)]
