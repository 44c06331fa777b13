"""Readers of the exported formats, each written from the format's documentation alone: what the files say, as pairs."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from itertools import permutations
from typing import Any

Pairs = set[tuple[str, str]]

NASTY = [
    "a,b", "x=>y", "=>0", "#tag", "c#", "back\\slash", "\\,0", 'quo"te', "it's", "end\\", "a\\=>b,#", "<b>", "😀1",
    "=1", ">1",
]  # fmt: skip
"""Terms with signs that some grammar gives a meaning."""
WORDS = ["laptop", "notebook", "笔记本电脑", "מחשב נייד", "حاسوب محمول", "portable personal computer"]

VESPA_SIGNS = ("+>", "->", "=", "$", "!", ":", ";", '"', ".")


def solr_lines(text: str) -> Pairs:
    """Of Lucene's Solr format: an explicit mapping must keep what it maps."""
    pairs: Pairs = set()
    for line in re.split(r"\r\n|\r|\n", text):
        if not line or line.startswith("#"):
            continue
        sides = [_commas(side) for side in _arrows(line)]
        assert len(sides) <= 2, line
        if len(sides) == 1:
            pairs |= set(permutations(sides[0], 2))
            continue
        for left in sides[0]:
            assert left in sides[1], f"{left} is replaced in {line}"
            pairs |= {(left, right) for right in sides[1] if right != left}
    return pairs


def _signs(text: str) -> list[tuple[str, bool]]:
    """Each sign, and whether a backslash made it plain."""
    found, at = [], 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            found.append((text[at + 1], True))
            at += 2
        else:
            found.append((text[at], False))
            at += 1
    return found


def _arrows(line: str) -> list[list[tuple[str, bool]]]:
    sides: list[list[tuple[str, bool]]] = [[]]
    for sign in _signs(line):
        if sign == (">", False) and sides[-1] and sides[-1][-1] == ("=", False):
            sides[-1].pop()
            sides.append([])
        else:
            sides[-1].append(sign)
    return sides


def _commas(side: list[tuple[str, bool]]) -> list[str]:
    terms = [""]
    for char, plain in side:
        if char == "," and not plain:
            terms.append("")
        else:
            terms[-1] += char
    return [term.strip() for term in terms]


def managed_map(content: str) -> Pairs:
    """Solr's managed map replaces the key by its values."""
    table = json.loads(content)
    assert all(key in values for key, values in table.items())
    return {(key, value) for key, values in table.items() for value in values if value != key}


def term_map(content: str) -> Pairs:
    """Meilisearch: what may stand for a term beside itself."""
    return {(key, value) for key, values in json.loads(content).items() for value in values}


def rooted(items: Iterable[dict[str, Any]]) -> Pairs:
    """Typesense: from the root to the synonyms, or each for each."""
    pairs: Pairs = set()
    for item in items:
        assert set(item) <= {"id", "root", "synonyms"}
        if "root" in item:
            pairs |= {(item["root"], one) for one in item["synonyms"]}
        else:
            pairs |= set(permutations(item["synonyms"], 2))
    return pairs


def algolia_objects(content: str) -> dict[str, Pairs]:
    """Synonyms, and corrections, of Algolia's objects."""
    synonyms: Pairs = set()
    corrections: Pairs = set()
    ids = set[str]()
    for item in json.loads(content):
        assert item["objectID"] not in ids
        ids.add(item["objectID"])
        if item["type"] == "synonym":
            synonyms |= set(permutations(item["synonyms"], 2))
        elif item["type"] == "onewaysynonym":
            synonyms |= {(item["input"], one) for one in item["synonyms"]}
        else:
            assert item["type"] in ("altcorrection1", "altcorrection2")
            assert not any(" " in one for one in item["corrections"])
            corrections |= {(item["word"], one) for one in item["corrections"]}
    return {"synonym": synonyms, "spelling": corrections}


def vespa_rules(content: str) -> dict[str, set[tuple[str, str, int, str | None]]]:
    """Of a rule base: by kind (source, target, percent, field), for the productions that an export has."""
    found: dict[str, set[tuple[str, str, int, str | None]]] = {"synonym": set(), "expansion": set(), "spelling": set()}
    tokens = _vespa_tokens(content)
    while tokens:
        end = tokens.index(";")
        rule, tokens = tokens[:end], tokens[end + 1 :]
        arrow = next(at for at, token in enumerate(rule) if token in ("+>", "->"))
        source, produced = " ".join(rule[:arrow]), rule[arrow + 1 :]
        if rule[arrow] == "->":
            found["spelling"].add((source, " ".join(produced), 100, None))
            continue
        while produced:
            kind = {"=": "synonym", "$": "expansion"}[produced.pop(0)]
            field = None
            if len(produced) > 1 and produced[1] == ":":
                field, produced = produced[0], produced[2:]
            if produced[0] == '"':
                close = produced.index('"', 1)
                target, produced = " ".join(produced[1:close]), produced[close + 1 :]
            else:
                target = produced.pop(0)
            percent = 100
            if produced and produced[0] == "!":
                percent, produced = int(produced[1]), produced[2:]
            found[kind].add((source, target, percent, field))
    return found


def _vespa_tokens(content: str) -> list[str]:
    tokens, at = list[str](), 0
    while at < len(content):
        if content[at] in " \n":
            at += 1
            continue
        token = next((sign for sign in VESPA_SIGNS if content.startswith(sign, at)), "")
        while not token or (token not in VESPA_SIGNS and at + len(token) < len(content)):
            char = content[at + len(token)]
            if unicodedata.category(char)[0] not in "LMN" and char != "_":
                assert token, f"no token begins with {char!r}"
                break
            token += char
        tokens.append(token)
        at += len(token)
    return tokens


def csv_rows(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content, newline="")))


def vespa_applied(content: str, query: str) -> set[tuple[str, str, int, str | None]]:
    """What a rule base does with a query of plain words, as (kind, target, percent, field): rules from the top, each
    on what those above it left, bound to the beginning or the end by a dot; what is added joins the terms. Of stemming
    and rules that match twice nothing is tried."""
    terms: list[tuple[str, str | None]] = [(word, None) for word in query.lower().split()]
    done: set[tuple[str, str, int, str | None]] = set()
    tokens = _vespa_tokens(content)
    while tokens:
        end = tokens.index(";")
        rule, tokens = tokens[:end], tokens[end + 1 :]
        arrow = next(at for at, token in enumerate(rule) if token in ("+>", "->"))
        condition = rule[:arrow]
        first, last = condition[0] == ".", condition[-1] == "."
        words = [(word, None) for word in condition if word != "."]
        places = [at for at in range(len(terms) - len(words) + 1) if terms[at : at + len(words)] == words]
        places = [at for at in places if (not first or at == 0) and (not last or at + len(words) == len(terms))]
        if not places:
            continue
        at = places[0]
        if rule[arrow] == "->":
            terms[at : at + len(words)] = [(word, None) for word in rule[arrow + 1 :]]
            done.add(("spelling", " ".join(rule[arrow + 1 :]), 100, None))
            continue
        plain = " ".join(token for token in rule if token != ".") + ";"
        for kind, found in vespa_rules(plain).items():
            for _, target, percent, field in found:
                done.add((kind, target, percent, field))
                if kind == "synonym":
                    terms.insert(at + 1, (target, None))
                else:
                    terms.append((target, field))
    return done


def algolia_applied(content: str, query: str) -> tuple[str, set[tuple[str, str, int]]]:
    """What Algolia's Rules make of a query: its text, and optional filters as (facet, value, score). Of the Rules that
    set the same, the first counts: by where the match begins, its length, and `is` before `endsWith`."""
    words, found = query.split(), []
    for rule in json.loads(content):
        (condition,) = rule["conditions"]
        pattern = condition["pattern"].split()
        start = len(words) - len(pattern)
        fits = {"is": words == pattern, "endsWith": start >= 0 and words[start:] == pattern}[condition["anchoring"]]
        if fits:
            found.append((start, -len(pattern), condition["anchoring"] != "is", rule["consequence"]["params"]))
    params: dict[str, Any] = {}
    for *_, some in sorted(found, key=lambda one: one[:3]):
        params = some | params
    changed = params.get("query", query)
    if isinstance(changed, dict):
        (edit,) = changed["edits"]
        changed = " ".join(edit["insert"] if word == edit["delete"] else word for word in words)
    filters = [re.fullmatch(r"([^:]+):(.*)<score=(\d+)>", one) for one in params.get("optionalFilters", ())]
    return changed, {(one[1], one[2].removeprefix("\\"), int(one[3])) for one in filters if one is not None}
